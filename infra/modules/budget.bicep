@minLength(13)
@description('Suffix of names.')
param suffix string

@description('Amount a month, in the currency of the subscription.')
param amount int

@description('Address that is told; the owners of the resource group are told in any case.')
param email string

@description('First day of the budget; the service takes no month before the current one.')
param firstDay string

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: 'budget-${suffix}'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: firstDay }
    notifications: {
      spent80Percent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactRoles: ['Owner']
        contactEmails: empty(email) ? [] : [email]
      }
      forecast100Percent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactRoles: ['Owner']
        contactEmails: empty(email) ? [] : [email]
      }
    }
  }
}
