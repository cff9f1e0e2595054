@description('Region of the network.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the endpoint.')
param name string

@description('Subnet of the endpoint.')
param subnetId string

@description('Resource that the endpoint leads to.')
param targetId string

@description('Part of the resource that it leads to.')
@allowed(['blob', 'table', 'queue', 'vault', 'account', 'redisEnterprise'])
param group string

@description('DNS zone that resolves the name of the resource to the endpoint.')
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: group, properties: { privateLinkServiceId: targetId, groupIds: [group] } }
    ]
  }

  resource zone 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: group, properties: { privateDnsZoneId: zoneId } }]
    }
  }
}
