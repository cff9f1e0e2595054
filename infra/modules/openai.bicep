import { accountName, deployment } from 'types.bicep'

@description('Region of the account.')
param region string

@description('Tags of every resource.')
param tags object

@minLength(13)
@description('Suffix of names.')
param suffix string

@description('Object id of the identity of the app, which calls the models.')
param appPrincipalId string

@description('Whether the account is reached through a private endpoint alone.')
param privateNetwork bool

@description('Deployments of this region.')
param deployments deployment[]

@description('Workspace for the audit log.')
param workspaceId string

var cognitiveServicesOpenAIUser = '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: accountName(suffix, region)
  location: region
  tags: tags
  kind: 'OpenAI'
  sku: { name: 'S0' }
  properties: {
    customSubDomainName: accountName(suffix, region)
    disableLocalAuth: true
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: privateNetwork ? 'Deny' : 'Allow' }
  }
}

// One after the other: the service refuses a change to an account while it makes another
// (https://github.com/Azure/azure-dev/issues/9398). What spills over comes last, when its target is there.
@batchSize(1)
resource models 'Microsoft.CognitiveServices/accounts/deployments@2025-06-01' = [
  for d in sort(deployments, (a, b) => empty(a.?spillover) && !empty(b.?spillover)): {
    parent: account
    name: d.name
    sku: { name: d.sku, capacity: d.capacity }
    properties: {
      model: { format: 'OpenAI', name: d.model, version: d.version }
      // The upgrade happens when the version retires, not when a newer one becomes the default.
      versionUpgradeOption: 'OnceCurrentVersionExpired'
      spilloverDeploymentName: d.?spillover
      raiPolicyName: d.?raiPolicyName
    }
  }
]

resource openAIUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, cognitiveServicesOpenAIUser)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', cognitiveServicesOpenAIUser)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// A preview, because the stable version knows no category groups.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: account
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Resource id of the account.')
output id string = account.id
