@export()
@sealed()
@description('One model at one endpoint. A second region is one more entry with another region.')
type deployment = {
  @description('Name of the Azure OpenAI deployment, and the model name that callers ask for. In a second region the same name is allowed: the gateway then knows it as name-region.')
  @minLength(2)
  @maxLength(64)
  name: string

  @description('Region of the account that holds it; unset: the region of everything else.')
  region: string?

  @description('Model, by its name in the catalogue of Azure OpenAI.')
  model: string

  @description('Version of the model.')
  version: string

  @description('Kind of capacity. GlobalStandard routes anywhere, DataZoneStandard keeps data within the EU or the US, Standard within the region; the Provisioned kinds are bought by the hour.')
  sku:
    | 'GlobalStandard'
    | 'DataZoneStandard'
    | 'Standard'
    | 'GlobalProvisionedManaged'
    | 'DataZoneProvisionedManaged'
    | 'ProvisionedManaged'

  @description('Thousands of tokens per minute; for the Provisioned kinds, units.')
  @minValue(1)
  capacity: int

  @description('Order of preference, 1 first: the first one is the default model.')
  @minValue(1)
  priority: int

  @description('Deployment of the same account that takes what a Provisioned one has no capacity for.')
  spillover: string?

  @description('Content filter policy that exists in the account; unset: the default of Azure OpenAI.')
  raiPolicyName: string?
}

@export()
@sealed()
@description('When turns are expected, for the alert that none came.')
type weekdayHours = {
  @description('Time zone by its IANA name, for example Europe/Berlin.')
  timeZone: string

  @description('First hour of the day in which turns are expected.')
  @minValue(0)
  @maxValue(23)
  from: int

  @description('Hour of the day from which turns are no longer expected.')
  @minValue(0)
  @maxValue(24)
  to: int
}

// Names are computed here, by all who need them, because a lambda cannot read the outputs of a module in a loop.
@export()
@description('Name, and custom subdomain, of the Azure OpenAI account of a region.')
func accountName(suffix string, region string) string => 'oai-${suffix}-${region}'

@export()
@description('Endpoint of the Azure OpenAI account of a region.')
func accountEndpoint(suffix string, region string) string => 'https://${accountName(suffix, region)}.openai.azure.com/'

@export()
@description('The deployments in order of preference, each with its region filled in.')
func inOrder(deployments deployment[], location string) object[] =>
  map(sort(deployments, (a, b) => a.priority < b.priority), d => union(d, { region: d.?region ?? location }))
