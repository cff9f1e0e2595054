@description('Tags of every resource.')
param tags object

@minLength(13)
@description('Suffix of names.')
param suffix string

@description('Address that alerts are sent to; empty: the owners of the subscription.')
param email string

var owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'voice-llm'
    enabled: true
    emailReceivers: empty(email) ? [] : [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
    armRoleReceivers: empty(email) ? [{ name: 'owners', roleId: owner, useCommonAlertSchema: true }] : []
  }
}

@description('Resource id of the group.')
output id string = group.id
