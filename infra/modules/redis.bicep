@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@minLength(13)
@description('Suffix of names.')
param suffix string

@description('Object id of the identity of the app, the only one that may connect.')
param appPrincipalId string

@description('Whether the cache is reached through a private endpoint alone.')
param privateNetwork bool

@description('Workspace for the log of connections.')
param workspaceId string

resource cache 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: 'redis-${suffix}'
  location: location
  tags: tags
  // USD a month: 12, the smallest there is. A second node would double it, and what is lost with the only one is counted anew.
  sku: { name: 'Balanced_B0' }
  properties: {
    highAvailability: 'Disabled'
    minimumTlsVersion: '1.2'
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
  }

  resource database 'databases' = {
    name: 'default'
    properties: {
      accessKeysAuthentication: 'Disabled'
      clientProtocol: 'Encrypted'
      // One address for all keys. With the default, OSSCluster, a client has to know the nodes and their ports.
      clusteringPolicy: 'EnterpriseCluster'
      evictionPolicy: 'VolatileTTL'
      port: 10000
    }

    // The only policy that there is; it is no role, and a role on the cache would not let anybody connect.
    resource access 'accessPolicyAssignments' = {
      name: replace(guid(cache.id, appPrincipalId, 'default'), '-', '')
      properties: {
        accessPolicyName: 'default'
        user: { objectId: appPrincipalId }
      }
    }
  }
}

// A preview, because the stable version knows no category groups. The cache has metrics alone, its database logs alone.
resource metrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: cache
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource connections 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: cache::database
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

@description('Resource id of the cache.')
output id string = cache.id

@description('Host name of the cache; its port is 10000.')
output hostName string = cache.properties.hostName
