// Vault, storage, models and cache behind private endpoints; a development environment otherwise, after `azd down` kept its vault.
using '../../../infra/main.bicep'

param environmentName = 'private'
param location = 'westeurope'
param principalId = '00000000-0000-0000-0000-00000000000c'
param privateNetwork = true
param redis = true
param alwaysReadyInstances = 0
param monthlyBudget = 0
param purgeProtection = false
param vaultCreateMode = 'recover'
param settings = {}
