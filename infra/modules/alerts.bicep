import { weekdayHours } from 'types.bicep'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@minLength(13)
@description('Suffix of names.')
param suffix string

@description('Workspace that the rules query.')
param workspaceId string

@description('Resource id of the action group that every alert calls.')
param actionGroupId string

@description('When turns are expected; from the same hour to the same hour: never, and the rule is off.')
param businessHours weekdayHours

// One line per turn, written by the gateway, and read from its text: the host passes on the text of a worker's line and
// none of its properties (https://github.com/Azure/azure-functions-host/issues/7413). A test holds text and query together.
// What never came to an attempt is left out: who guesses keys must neither hide an outage in the share of it nor pass for
// a line that is alive.
var turns = '''
let turns = AppTraces
| where Message startswith "Turn "
| parse Message with "Turn " Outcome " (" Status:int " " * "): caller " * ", deployment " Deployment ", first token " FirstToken " ms, in all " *
| where isnotempty(Outcome) and Outcome != "Rejected"
| project TimeGenerated, Outcome, Status, Deployment, TimeToFirstTokenMs = todouble(FirstToken);
'''

// Every query answers with no row, or with one per thing that is wrong. Most shares need a floor of events: at night
// one failure in three turns is no outage. A spoken fallback needs none: somebody has heard it.
var rules = [
  {
    name: 'server-errors'
    description: 'More than 1 % of turns ended with a status of 500 or above, the failures of the host among them.'
    severity: 1
    minutes: 5
    enabled: true
    // A turn that ends with a 500 is an invocation that succeeded, and host.json has only those logged as requests that failed:
    // here those of the host alone, a worker that is gone, say.
    query: $'''${turns}union (turns | project Failed = Status >= 500), (AppRequests | where Success == false and toint(ResultCode) >= 500 | project Failed = true)
| summarize Total = count(), Errors = countif(Failed)
| where Errors >= 3 and Errors > 0.01 * Total
'''
  }
  {
    name: 'spoken-fallbacks'
    description: 'In more than 1 % of turns the agent could only apologise, because every attempt had failed.'
    severity: 1
    minutes: 5
    enabled: true
    query: $'''${turns}turns
| summarize Total = count(), Spoken = countif(Outcome == "Fallback")
| where Spoken > 0.01 * Total
'''
  }
  {
    name: 'slow-first-token'
    description: 'The 95th percentile of the time to first token is above 2 s: the agent gives up on a turn at 4 s.'
    severity: 2
    minutes: 15
    enabled: true
    query: $'''${turns}turns
| where isnotnull(TimeToFirstTokenMs)
| summarize Total = count(), P95 = percentile(TimeToFirstTokenMs, 95)
| where Total >= 20 and P95 > 2000
'''
  }
  {
    name: 'rate-limited'
    description: 'More than 5 % of turns met a rate limit: raise the capacity of the deployment, or add one.'
    severity: 2
    minutes: 15
    enabled: true
    query: $'''${turns}turns
| summarize Total = count(), Limited = countif(Outcome == "RateLimited")
| where Limited >= 3 and Limited > 0.05 * Total
'''
  }
  {
    name: 'deployment-out'
    description: 'A deployment answered none of its turns.'
    severity: 1
    minutes: 5
    enabled: true
    query: $'''${turns}turns
| where isnotempty(Deployment)
| summarize Total = count(), Failed = countif(Outcome in ("Empty", "Invalid", "Misconfigured", "Unavailable", "Unreachable", "TimedOut", "Stalled", "Cut", "Failed")) by Deployment
| where Total >= 5 and Failed == Total
'''
  }
  {
    name: 'no-turns'
    description: 'No turn within an hour in which turns are expected.'
    severity: 2
    minutes: 60
    enabled: businessHours.from != businessHours.to
    query: $'''${turns}turns
| summarize Total = count()
| extend Here = datetime_utc_to_local(now(), "${businessHours.timeZone}")
| extend Hour = hourofday(Here), Day = toint(dayofweek(Here) / 1d)
| where Total == 0 and Day between (1 .. 5) and Hour > ${businessHours.from} and Hour < ${businessHours.to}
'''
  }
  {
    name: 'vault-failures'
    description: 'Key Vault refused or failed to give a secret. Keys that are held go on working until they are to be renewed.'
    severity: 2
    minutes: 15
    enabled: true
    // A 401 is how every client learns where to get its token, a 404 how the first deployment learns that no key is there.
    query: '''
AZKVAuditLogs
| where OperationName startswith "Secret"
| where HttpStatusCode in (403, 429) or HttpStatusCode >= 500
| summarize Failed = count() by OperationName, HttpStatusCode
| where Failed >= 3
'''
  }
  {
    name: 'logs-capped'
    description: 'The daily cap of logs is reached: until tomorrow no other alert sees anything.'
    severity: 1
    minutes: 15
    enabled: true
    query: '''
_LogOperation
| where Category =~ "Ingestion" and Detail contains "OverQuota"
'''
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'alert-${rule.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.name
      description: rule.description
      severity: rule.severity
      enabled: rule.enabled
      scopes: [workspaceId]
      evaluationFrequency: 'PT${rule.minutes == 60 ? 15 : rule.minutes}M'
      windowSize: rule.minutes == 60 ? 'PT1H' : 'PT${rule.minutes}M'
      autoMitigate: true
      // A new workspace has not seen every table yet, and a query over one that it has not seen is refused.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [actionGroupId] }
    }
  }
]
