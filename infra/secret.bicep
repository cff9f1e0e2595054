// Deployed by the hook after provisioning, and only with private endpoints: there the vault answers Resource Manager alone.
// It is no part of main.bicep, because whatever that deploys is written again by every `azd provision`, and a new version
// of a caller key each time would revoke the key that the agent holds.
targetScope = 'resourceGroup'

@description('Name of the vault.')
param vaultName string

@description('Name of the secret.')
param name string

@secure()
@description('Value of the secret.')
param value string

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName

  resource secret 'secrets' = {
    name: name
    properties: { value: value }
  }
}
