targetScope = 'subscription'

import { accountEndpoint, accountName, deployment, inOrder, weekdayHours } from 'modules/types.bicep'

@minLength(1)
@maxLength(64)
@description('Name of the environment; the resource group is rg-<name>.')
param environmentName string

// azd offers only regions with this much quota left; the defaults in deployments.json ask for no more, which a test proves.
@minLength(1)
@description('Region of everything that names no other; it must offer Flex Consumption.')
@metadata({
  azd: {
    type: 'location'
    usageName: [
      'OpenAI.GlobalStandard.gpt-5.4-mini,250'
      'OpenAI.GlobalStandard.gpt-5.4-nano,250'
    ]
  }
})
param location string

@description('Object id of who deploys, and may put the first secrets; empty: nobody.')
param principalId string = ''

@allowed(['User', 'ServicePrincipal'])
@description('Kind of principal that deploys; a pipeline is a ServicePrincipal.')
param principalType string = 'User'

// Two by default: pay-as-you-go costs nothing while idle, and with one there is nothing to fail over to.
@minLength(1)
@description('Models and where they run, one line each in deployments.json. The first by priority is the default model.')
@metadata({
  retirement: {
    source: 'learn.microsoft.com/azure/ai-foundry/openai/concepts/model-retirements, schedule of 2026-07-07'
    checked: '2026-11-22'
    'gpt-5.4-mini 2026-03-17': 'GA, not before 2027-03-18'
    'gpt-5.4-nano 2026-03-17': 'GA, not before 2027-03-18'
  }
})
param deployments deployment[] = loadJsonContent('deployments.json')

@description('Settings of the app, by name, from settings.json: where the template has one of this name for the gateway, this one wins. No secret.')
param settings { *: string } = loadJsonContent('settings.json')

// USD a month: 0 instances 0; 1 instance 21; 2 instances 42 (2 GB x 2,628,000 s x 0.000004, idle).
@minValue(0)
@maxValue(100)
@description('Instances that are always running. 1: a trial; 2 or more: a live line; 0: development, where the first caller waits for a cold start.')
param alwaysReadyInstances int = 1

// USD a month at the very most, 40 instances busy all month: 5,500 (40 x 2 GB x 2,628,000 s x 0.000026). The platform's
// own limit of 1,000 would be 25 times that: the endpoint is open, and a flood must not be able to buy it.
@minValue(1)
@maxValue(1000)
@description('Most instances at a time; each takes 100 turns at once.')
param maximumInstances int = 40

@description('Private endpoints, DNS zones and a virtual network for vault, storage, models and cache, which then take no other traffic.')
param privateNetwork bool = false

// USD a month: 12; with the private network 20 (one more endpoint and zone).
@description('A cache, Azure Managed Redis, for limits that all instances share. The app does not read it yet: it costs from its first hour, and does nothing before a version of the app that knows it.')
param redis bool = false

@description('Nobody can purge the vault before 90 days have passed. It cannot be turned off again.')
param purgeProtection bool = true

@allowed(['default', 'recover'])
@description('recover: bring back the deleted vault of this environment. The hook before provisioning chooses.')
param vaultCreateMode string = 'default'

@minValue(1)
@maxValue(3650)
@description('Days that what is kept of a call is kept.')
param transcriptRetentionDays int = 30

@minValue(1)
@description('Gigabytes of logs a day after which ingestion stops until the next day.')
param logDailyCapGb int = 1

@description('Address that alerts and the budget are sent to; empty: the owners of the subscription.')
param alertEmail string = ''

@description('When turns are expected, Monday to Friday, for the alert that none came; from 0 to 0: never.')
param businessHours weekdayHours = { timeZone: 'UTC', from: 0, to: 0 }

@minValue(0)
@description('Budget a month in the currency of the subscription; 0: none, for subscriptions whose offer knows no budgets.')
param monthlyBudget int = 150

@description('First day of the budget; the hook before provisioning keeps that of a budget that stands, because it cannot be changed.')
param budgetFirstDay string = '${utcNow('yyyy-MM')}-01T00:00:00Z'

var tags = { 'azd-env-name': environmentName }
var suffix = toLower(uniqueString(subscription().id, environmentName, location))

var ordered = inOrder(deployments, location)
var regions = union(map(ordered, d => d.region), [])
// Where a deployment of another region has the name already, the gateway needs one of its own for this one.
var named = map(
  ordered,
  (d, i) =>
    union(d, {
      gatewayName: contains(map(take(ordered, i), o => o.name), d.name) ? '${d.name}-${d.region}' : d.name
    })
)
var deploymentSettings = reduce(
  map(
    named,
    (d, i) =>
      union(
        {
          'Deployments__${i}__Name': d.gatewayName
          'Deployments__${i}__Endpoint': accountEndpoint(suffix, d.region)
          'Deployments__${i}__Model': d.model
        },
        d.gatewayName == d.name ? {} : { 'Deployments__${i}__Deployment': d.name }
      )
  ),
  {},
  (all, one) => union(all, one)
)

// What settings.json may not say, by its beginning. A deployment of its own always has a name: one that is taken would
// be merged with that of deployments.json.
var reserved = concat(
  [
    { name: 'Secrets__', why: 'secrets belong in the vault' }
    {
      name: 'Storage__Retention'
      why: 'run azd env set TRANSCRIPT_RETENTION_DAYS <days>, by which the account deletes, too'
    }
  ],
  map(
    [
      'AzureWebJobsStorage'
      'AzureWebJobsDisableHomepage'
      'APPLICATIONINSIGHTS_CONNECTION_STRING'
      'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
      'AZURE_CLIENT_ID'
    ],
    name => { name: name, why: 'the template sets it for the host' }
  ),
  map(named, (d, i) => {
    name: 'Deployments__${i}__Name'
    why: 'number ${i} is ${d.gatewayName} of deployments.json, number ${length(named)} the first that is free'
  })
)
var refused = flatten(map(
  items(settings),
  s => map(filter(reserved, r => startsWith(toLower(s.key), toLower(r.name))), r => '${s.key}: ${r.why}.')
))

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  // Here, because everything is in it: nothing is created.
  name: empty(refused) ? 'rg-${environmentName}' : fail('infra/settings.json: ${join(refused, ' ')}')
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { location: location, tags: tags, suffix: suffix }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    appPrincipalId: identity.outputs.principalId
    logDailyCapGb: logDailyCapGb
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    appPrincipalId: identity.outputs.principalId
    privateNetwork: privateNetwork
    transcriptRetentionDays: transcriptRetentionDays
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    appPrincipalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
    privateNetwork: privateNetwork
    purgeProtection: purgeProtection
    createMode: vaultCreateMode
    workspaceId: monitoring.outputs.workspaceId
  }
}

module openAI 'modules/openai.bicep' = [
  for region in regions: {
    name: 'openai-${region}'
    scope: group
    params: {
      region: region
      tags: tags
      suffix: suffix
      appPrincipalId: identity.outputs.principalId
      privateNetwork: privateNetwork
      deployments: filter(deployments, d => (d.?region ?? location) == region)
      workspaceId: monitoring.outputs.workspaceId
    }
  }
]

module cache 'modules/redis.bicep' = if (redis) {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    appPrincipalId: identity.outputs.principalId
    privateNetwork: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  params: { location: location, tags: tags, suffix: suffix, redis: redis }
}

var dataServices = [
  { group: 'blob', name: 'storage-blob' }
  { group: 'table', name: 'storage-table' }
  { group: 'queue', name: 'storage-queue' }
  { group: 'vault', name: 'vault' }
]

module dataEndpoints 'modules/private-endpoint.bicep' = [
  for service in dataServices: if (privateNetwork) {
    name: 'endpoint-${service.name}'
    scope: group
    params: {
      location: location
      tags: tags
      name: 'pe-${service.name}-${suffix}'
      subnetId: network!.outputs.endpointSubnetId
      targetId: service.group == 'vault' ? vault.outputs.id : storage.outputs.id
      group: service.group
      zoneId: network!.outputs.zoneIds[service.group]
    }
  }
]

module modelEndpoints 'modules/private-endpoint.bicep' = [
  for (region, i) in regions: if (privateNetwork) {
    name: 'endpoint-openai-${region}'
    scope: group
    params: {
      location: location
      tags: tags
      name: 'pe-${accountName(suffix, region)}'
      subnetId: network!.outputs.endpointSubnetId
      targetId: openAI[i].outputs.id
      group: 'account'
      zoneId: network!.outputs.zoneIds.account
    }
  }
]

module cacheEndpoint 'modules/private-endpoint.bicep' = if (redis && privateNetwork) {
  name: 'endpoint-redis'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'pe-redis-${suffix}'
    subnetId: network!.outputs.endpointSubnetId
    targetId: cache!.outputs.id
    group: 'redisEnterprise'
    zoneId: network!.outputs.zoneIds.redisEnterprise
  }
}

module app 'modules/app.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    packageContainer: storage.outputs.packageContainer
    connectionString: monitoring.outputs.connectionString
    gatewaySettings: union(
      deploymentSettings,
      {
        KeyVault__Uri: vault.outputs.uri
        Storage__Uri: storage.outputs.blobEndpoint
        Storage__Retention: '${transcriptRetentionDays}.00:00:00'
      },
      settings
    )
    alwaysReadyInstances: alwaysReadyInstances
    maximumInstances: maximumInstances
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
  }
  // The app starts when what it reads at its start is there and reachable.
  dependsOn: [openAI, dataEndpoints, modelEndpoints]
}

module actionGroup 'modules/action-group.bicep' = {
  scope: group
  params: { tags: tags, suffix: suffix, email: alertEmail }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    workspaceId: monitoring.outputs.workspaceId
    actionGroupId: actionGroup.outputs.id
    businessHours: businessHours
  }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0) {
  scope: group
  params: { suffix: suffix, amount: monthlyBudget, actionGroupId: actionGroup.outputs.id, firstDay: budgetFirstDay }
}

@description('Address of the endpoint.')
output FUNCTION_URL string = 'https://${app.outputs.hostName}/v1/chat/completions'

@description('Server URL to paste into ElevenLabs, which appends /chat/completions.')
output ELEVENLABS_BASE_URL string = 'https://${app.outputs.hostName}/v1'

@description('Default model, to paste into ElevenLabs.')
output ELEVENLABS_MODEL string = named[0].gatewayName

@description('Name of the function app.')
output AZURE_FUNCTION_APP_NAME string = app.outputs.name

@description('Name of the vault with the caller keys.')
output AZURE_KEY_VAULT_NAME string = vault.outputs.name

@description('Host name of the cache; empty: there is none.')
output REDIS_HOST_NAME string = redis ? cache!.outputs.hostName : ''

@description('Resource group of everything.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Whether the vault is reached through its private endpoint alone.')
output VAULT_IS_PRIVATE bool = privateNetwork

@description('Content of local.settings.json: what the app needs to run on a developer\'s machine against these resources. No secret.')
output LOCAL_SETTINGS string = string({
  IsEncrypted: false
  Values: union(
    { FUNCTIONS_WORKER_RUNTIME: 'dotnet-isolated' },
    deploymentSettings,
    { KeyVault__Uri: vault.outputs.uri }
  )
})
