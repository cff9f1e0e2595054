@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@minLength(13)
@description('Suffix of names.')
param suffix string

@description('Whether there is a cache to be found.')
param redis bool

var redisZone = redis ? { redisEnterprise: 'privatelink.redis.azure.net' } : {}
var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  vault: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
  account: 'privatelink.openai.azure.com'
  ...redisZone
}

// No rule of its own: the default ones let the subnets talk to each other and nothing in from outside.
resource security 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: 'nsg-${suffix}'
  location: location
  tags: tags
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: 'vnet-${suffix}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] }
  }

  // The name of a subnet of a Flex Consumption app must not hold an underscore.
  resource app 'subnets' = {
    name: 'app'
    properties: {
      addressPrefix: '10.20.1.0/24'
      networkSecurityGroup: { id: security.id }
      delegations: [{ name: 'flex-consumption', properties: { serviceName: 'Microsoft.App/environments' } }]
    }
  }

  resource endpoints 'subnets' = {
    name: 'endpoints'
    properties: {
      addressPrefix: '10.20.2.0/24'
      networkSecurityGroup: { id: security.id }
      privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled'
    }
    // Two changes to one network at a time are refused.
    dependsOn: [app]
  }
}

resource dns 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in items(zones): {
    name: zone.value
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, i) in items(zones): {
    parent: dns[i]
    name: 'to-${network.name}'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
]

@description('Subnet of the app.')
output appSubnetId string = network::app.id

@description('Subnet of the private endpoints.')
output endpointSubnetId string = network::endpoints.id

@description('DNS zones by the kind of endpoint that they resolve.')
output zoneIds object = mapValues(zones, zone => resourceId('Microsoft.Network/privateDnsZones', zone))
