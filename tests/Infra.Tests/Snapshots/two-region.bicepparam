// A second region is one more line: the same deployment again, where data must stay in the EU, and a live line with a cache.
using '../../../infra/main.bicep'

param environmentName = 'two-region'
param location = 'swedencentral'
param principalType = 'ServicePrincipal'
param principalId = '00000000-0000-0000-0000-00000000000b'
param budgetFirstDay = '2026-11-01T00:00:00Z'
param alwaysReadyInstances = 2
param redis = true
param alertEmail = 'operator@example.com'
param businessHours = { timeZone: 'Europe/Berlin', from: 8, to: 18 }
param deployments = [
  {
    name: 'gpt-5.4-nano'
    model: 'gpt-5.4-nano'
    version: '2026-03-17'
    sku: 'DataZoneStandard'
    capacity: 100
    priority: 3
  }
  {
    name: 'gpt-5.4-mini'
    model: 'gpt-5.4-mini'
    version: '2026-03-17'
    sku: 'DataZoneStandard'
    capacity: 250
    priority: 1
    raiPolicyName: 'Microsoft.DefaultV2'
  }
  {
    name: 'gpt-5.4-mini'
    region: 'germanywestcentral'
    model: 'gpt-5.4-mini'
    version: '2026-03-17'
    sku: 'DataZoneProvisionedManaged'
    capacity: 25
    priority: 2
    spillover: 'mini-overflow'
  }
  {
    name: 'mini-overflow'
    region: 'germanywestcentral'
    model: 'gpt-5.4-mini'
    version: '2026-03-17'
    sku: 'DataZoneStandard'
    capacity: 100
    priority: 4
  }
]
// Calls are kept in an account of the operator's own: theirs wins over the template's.
param settings = {
  Webhooks__Enabled: 'true'
  Webhooks__KeepTranscripts: 'true'
  Storage__Uri: 'https://calls.blob.core.windows.net/'
  Callers__0__Name: 'elevenlabs'
  Callers__0__Memory__Provider: 'BuiltIn'
}
