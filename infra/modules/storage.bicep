@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@minLength(13)
@description('Suffix of names.')
param suffix string

@description('Object id of the identity of the app.')
param appPrincipalId string

@description('Whether the account is reached through private endpoints alone.')
param privateNetwork bool

@description('Days that what is kept of a call is kept.')
param transcriptRetentionDays int

var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var storageQueueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'st${suffix}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // No soft delete of blobs: what an end user is promised to be deleted, and what is kept for so many days, would go on for seven more, and without versions nobody can
      // end that. Versions would: but the host writes its locks here all day, and each would stay. The package can be deployed again.
      deleteRetentionPolicy: { enabled: false }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource package 'containers' = { name: 'app-package' }
    resource transcripts 'containers' = { name: 'transcripts' }
  }

  resource tables 'tableServices' = {
    name: 'default'

    // Lifecycle rules know blobs alone: rows of this table are deleted by the app, which writes them.
    resource transcripts 'tables' = { name: 'transcripts' }
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'delete-transcripts'
            type: 'Lifecycle'
            definition: {
              filters: {
                blobTypes: ['blockBlob', 'appendBlob']
                prefixMatch: ['${blobs::transcripts.name}/']
              }
              actions: {
                baseBlob: { delete: { daysAfterModificationGreaterThan: transcriptRetentionDays } }
              }
            }
          }
        ]
      }
    }
  }
}

// The host keeps its locks, keys and the deployment package here, and asks for no less than Owner of the data.
resource blobOwner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, storageBlobDataOwner)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// The index of what is kept of calls, where the app is set to keep anything. Rows alone would be less, but no built-in role has that.
resource tableContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, storageTableDataContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageTableDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// What was kept is told to a queue, where the app is set to. It makes the queue, and takes messages of deleted calls out of it: Message Sender may neither.
resource queueContributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, storageQueueDataContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageQueueDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('Address of the container that holds the package of the app.')
output packageContainer string = 'https://${account.name}.blob.${environment().suffixes.storage}/${account::blobs::package.name}'

@description('Endpoint of the blobs of the account.')
output blobEndpoint string = 'https://${account.name}.blob.${environment().suffixes.storage}/'
