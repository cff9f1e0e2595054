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

@description('Days after which transcripts are deleted.')
param transcriptRetentionDays int

var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

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
      deleteRetentionPolicy: { enabled: true, days: 7 }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource package 'containers' = { name: 'app-package' }
    resource transcripts 'containers' = { name: 'transcripts' }
  }

  resource tables 'tableServices' = {
    name: 'default'

    // Lifecycle rules know blobs alone: rows of this table are deleted by whoever writes them.
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

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('Address of the container that holds the package of the app.')
output packageContainer string = 'https://${account.name}.blob.${environment().suffixes.storage}/${account::blobs::package.name}'
