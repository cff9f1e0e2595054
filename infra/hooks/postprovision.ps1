# After provisioning: the first secrets where there are none, local.settings.json, and what to paste into ElevenLabs.
# The same steps as postprovision.sh.
$ErrorActionPreference = 'Stop'

$root = Split-Path (Split-Path $PSScriptRoot -Parent) -Parent

function Stop-Hook([string[]] $lines) {
    $lines | ForEach-Object { [Console]::Error.WriteLine($_) }
    exit 1
}

if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
    Stop-Hook 'The Azure CLI (az) is needed to put the first key: https://aka.ms/install-azure-cli, then az login and azd hooks run postprovision.'
}

$vault = $env:AZURE_KEY_VAULT_NAME
$private = $env:VAULT_IS_PRIVATE -eq 'true'

# The names of all secrets, never a value. A new role takes minutes to be known everywhere, so the first answers may be no.
$tries = 1
while ($true) {
    if ($private) {
        $secrets = az rest --method get --output tsv --query 'value[].name' `
            --url "/subscriptions/$env:AZURE_SUBSCRIPTION_ID/resourceGroups/$env:AZURE_RESOURCE_GROUP/providers/Microsoft.KeyVault/vaults/$vault/secrets?api-version=2024-11-01"
    } else {
        $secrets = az keyvault secret list --subscription $env:AZURE_SUBSCRIPTION_ID --vault-name $vault --query '[].name' --output tsv
    }
    if ($LASTEXITCODE -eq 0) { break }
    if ($tries -ge 18) { Stop-Hook "The secrets of $vault cannot be listed. When they can: azd hooks run postprovision" }
    $tries++
    Start-Sleep -Seconds 10
}

# 32 random bytes, base64url. Through a file of the user's own temp folder, because the arguments of a process can be read by others.
function New-Secret($name) {
    $bytes = [byte[]]::new(32)
    [Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)
    $secret = [Convert]::ToBase64String($bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_')
    $file = (New-TemporaryFile).FullName
    try {
        if ($private) {
            [IO.File]::WriteAllText($file, "{`"vaultName`":{`"value`":`"$vault`"},`"name`":{`"value`":`"$name`"},`"value`":{`"value`":`"$secret`"}}")
            az deployment group create --subscription $env:AZURE_SUBSCRIPTION_ID --resource-group $env:AZURE_RESOURCE_GROUP `
                --name "first-secret-$name" --template-file (Join-Path $root 'infra/secret.bicep') --parameters "@$file" --output none
        } else {
            [IO.File]::WriteAllText($file, $secret)
            az keyvault secret set --subscription $env:AZURE_SUBSCRIPTION_ID --vault-name $vault --name $name `
                --file $file --encoding utf-8 --output none
        }
        if ($LASTEXITCODE -ne 0) { exit 1 }
    } finally {
        Remove-Item $file
    }
    $secret
}

if ($secrets -notcontains 'end-user-key') { New-Secret 'end-user-key' | Out-Null }
if ($secrets -notcontains 'end-user-signing') { New-Secret 'end-user-signing' | Out-Null }

$fetch = "az keyvault secret show --vault-name $vault --name caller-elevenlabs --query value --output tsv"
$key = "run: $fetch"
if ($secrets -notcontains 'caller-elevenlabs') {
    $secret = New-Secret 'caller-elevenlabs'
    # A log of a pipeline is read by more people than the vault.
    if (-not $env:CI -and -not $env:TF_BUILD) {
        $key = "$secret (shown once; again with: $fetch)"
    }
}

$settings = Join-Path $root 'local.settings.json'
if (Test-Path $settings) {
    Write-Output 'local.settings.json is there and stays as it is. To write it anew, delete it and run: azd hooks run postprovision'
} else {
    [IO.File]::WriteAllText($settings, "$env:LOCAL_SETTINGS`n")
    Write-Output 'local.settings.json is written. It holds no secret.'
}

Write-Output @"

Paste into ElevenLabs, in the LLM section of the agent:
  LLM         Custom LLM
  Server URL  $env:ELEVENLABS_BASE_URL
  Model ID    $env:ELEVENLABS_MODEL
  API type    Chat Completions
  API key     $key
"@
if ($private) {
    Write-Output 'The vault has a private endpoint alone: run az from inside the virtual network.'
}
