@description('Tags of every resource.')
param tags object

@minLength(13)
@description('Suffix of names.')
param suffix string

@description('Address that alerts are sent to.')
param email string

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'voice-llm'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

@description('Resource id of the group.')
output id string = group.id
