@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@minLength(13)
@description('Suffix of names.')
param suffix string

@description('Resource id of the identity of the app.')
param identityId string

@description('Client id of the identity of the app.')
param identityClientId string

@description('Name of the storage account of the host.')
param storageName string

@description('Address of the container for the package.')
param packageContainer string

@description('Where telemetry goes.')
param connectionString string

@description('Settings of the gateway, by name.')
param gatewaySettings object

@description('Instances that are always running.')
param alwaysReadyInstances int

@description('Most instances at a time.')
param maximumInstances int

@description('Subnet of the app; empty: no virtual network.')
param subnetId string

// What each choice costs in a month; prices and their date are in docs/operations.md.
// 2 GB is 1 core. 4,096 MB doubles every figure below, 512 MB quarters it and leaves a quarter of a core for a stream.
var instanceMemoryMB = 2048
// Costs nothing: more turns share the memory of an instance that is paid for anyhow. They wait for the model nearly
// all the time, so the host's default of 16 would buy some six instances for the load of one.
var turnsPerInstance = 100

// The settings that Flex Consumption forbids (FUNCTIONS_WORKER_RUNTIME among them) are in functionAppConfig or nowhere.
var hostSettings = {
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsDisableHomepage: 'true'
  APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AZURE_CLIENT_ID: identityClientId
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${suffix}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: 'func-${suffix}'
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    // The agent calls from the internet: also with private endpoints the way in is public, and the caller key guards it.
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainer
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReadyInstances > 0 ? [{ name: 'http', instanceCount: alwaysReadyInstances }] : []
        triggers: { http: { perInstanceConcurrency: turnsPerInstance } }
      }
      // The default, Recreate, cuts every call that is on the line when a deploy begins. Documented
      // (learn.microsoft.com/azure/azure-functions/flex-consumption-site-updates, 2025-12-04), in no published type yet.
      #disable-next-line BCP037
      siteUpdateStrategy: { type: 'RollingUpdate' }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      appSettings: map(items(union(hostSettings, gatewaySettings)), s => { name: s.key, value: s.value })
    }
  }
}

@description('Name of the function app.')
output name string = app.name

@description('Host name of the function app.')
output hostName string = app.properties.defaultHostName
