// What `azd up` deploys with nothing set but a name and a region.
using '../../../infra/main.bicep'

param environmentName = 'minimal'
param location = 'swedencentral'
param principalId = '00000000-0000-0000-0000-00000000000a'
param budgetFirstDay = '2026-11-01T00:00:00Z'
// Of nobody's: who has some in settings.json changes no snapshot.
param settings = {}
