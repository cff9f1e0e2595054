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
// The outcome is that of the attempts, also where the caller heard a sentence of the endpoint's own in place of an answer.
// What never came to an attempt is left out: who guesses keys must neither hide an outage in the share of it nor pass for
// a line that is alive.
var turns = '''
let turns = AppTraces
| where Message startswith "Turn "
| parse Message with "Turn " Outcome " (" Status:int " " * "): caller " * ", deployment " Deployment ", first token " FirstToken " ms, in all " * ", spoken " Spoken ", " *
| where isnotempty(Outcome) and Outcome != "Rejected"
| project TimeGenerated, Outcome, Status, Deployment, TimeToFirstTokenMs = todouble(FirstToken), Spoken;
'''

// And one line per attempt that failed, whatever became of its turn.
var attempts = '''
let attempts = AppTraces
| where Message startswith "Attempt "
| parse Message with "Attempt " Outcome " (" Status:int "): deployment " Deployment ", after " *
| where isnotempty(Outcome)
| project TimeGenerated, Outcome, Status, Deployment;
'''

// Every query answers with no row, or with one per thing that is wrong. Most shares need a floor of events: at night
// one failure in three turns is no outage. A spoken fallback needs none: somebody has heard it.
var rules = [
  {
    name: 'server-errors'
    description: 'More than 1 % of turns ended with a status of 500 or above, the failures of the host among them.'
    severity: 1
    window: 'PT5M'
    every: 'PT5M'
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
    description: 'In more than 1 % of turns the agent could only apologise, because no attempt had answered in time.'
    severity: 1
    window: 'PT5M'
    every: 'PT5M'
    enabled: true
    query: $'''${turns}turns
| summarize Total = count(), Fallbacks = countif(Spoken == "Fallback")
| where Fallbacks > 0.01 * Total
'''
  }
  {
    name: 'slow-first-token'
    description: 'The 95th percentile of the time from a turn to its first token, buffer words not counted, is above 2 s.'
    severity: 2
    window: 'PT15M'
    every: 'PT15M'
    enabled: true
    // The turn's time and not an attempt's: what a hedge has saved was not slow. Turns that never had a token are not in it;
    // where those are many, spoken-fallbacks or server-errors says so.
    query: $'''${turns}turns
| where isnotnull(TimeToFirstTokenMs)
| summarize Total = count(), P95 = percentile(TimeToFirstTokenMs, 95)
| where Total >= 20 and P95 > 2000
'''
  }
  {
    name: 'rate-limited'
    description: 'More than 5 attempts to 100 turns met a rate limit: raise the capacity of the deployment, or add one.'
    severity: 2
    window: 'PT15M'
    every: 'PT15M'
    enabled: true
    query: $'''${turns}${attempts}union (turns | project Turn = 1, Limited = 0), (attempts | where Outcome == "RateLimited" | project Turn = 0, Limited = 1)
| summarize Total = sum(Turn), Limited = sum(Limited)
| where Limited >= 3 and Limited > 0.05 * Total
'''
  }
  {
    name: 'deployment-out'
    description: 'At least 5 attempts at a deployment failed within 10 minutes, and no turn was answered by it.'
    severity: 1
    // An instance asks a deployment that is out once a minute, so five minutes do not always see five attempts.
    window: 'PT10M'
    every: 'PT5M'
    enabled: true
    // An attempt that is given up when the turn's time is up leaves no line of its own, but the turn's names its deployment.
    // Empty is not among them: it is an answer, and to silence often the right one.
    query: $'''${turns}${attempts}union (attempts | project Deployment, Outcome),
  (turns | where Outcome == "Completed" or (Outcome == "TimedOut" and isnull(TimeToFirstTokenMs)) | project Deployment, Outcome)
| where isnotempty(Deployment)
| summarize Failed = countif(Outcome in ("Invalid", "Misconfigured", "Unavailable", "Unreachable", "TimedOut", "Stalled", "Cut", "Failed")), Answered = countif(Outcome == "Completed") by Deployment
| where Failed >= 5 and Answered == 0
'''
  }
  {
    name: 'no-turns'
    description: 'No turn within an hour in which turns are expected.'
    severity: 2
    window: 'PT1H'
    every: 'PT15M'
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
    window: 'PT15M'
    every: 'PT15M'
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
    window: 'PT15M'
    every: 'PT15M'
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
      evaluationFrequency: rule.every
      windowSize: rule.window
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
