@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@minLength(13)
@description('Suffix of names.')
param suffix string

@description('Object id of the identity of the app, which reads secrets.')
param appPrincipalId string

@description('Object id of who deploys and puts the first secrets; empty: nobody.')
param deployerPrincipalId string

@description('Kind of principal that deploys.')
param deployerPrincipalType string

@description('Whether the vault is reached through a private endpoint alone.')
param privateNetwork bool

@description('Whether nobody can purge the vault before its retention has passed. It cannot be turned off again.')
param purgeProtection bool

@description('recover: bring a deleted vault of this name back instead of creating one.')
@allowed(['default', 'recover'])
param createMode string

@description('Workspace for the audit log.')
param workspaceId string

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var keyVaultSecretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: 'kv-${suffix}'
  location: location
  // By both tags the hook finds a deleted vault: other templates of azd name environments as well.
  tags: union(tags, { 'azd-template': 'elevenlabs-azure-openai' })
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    createMode: createMode
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    // false is refused by the service: off is to leave it out.
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
    }
  }
}

resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, appPrincipalId, keyVaultSecretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// With a private endpoint the deployer reaches no secret, and the first ones are written through Resource Manager.
resource secretsOfficer 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId) && !privateNetwork) {
  name: guid(vault.id, deployerPrincipalId, keyVaultSecretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsOfficer)
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
  }
}

// A preview, because the stable version knows no category groups.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: vault
  properties: {
    workspaceId: workspaceId
    // Dedicated: a table of its own with typed columns, which the alert on failures reads.
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Resource id of the vault.')
output id string = vault.id

@description('Name of the vault.')
output name string = vault.name

@description('Address of the vault.')
output uri string = 'https://${vault.name}${environment().suffixes.keyvaultDns}/'
