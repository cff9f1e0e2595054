# After azd down: a deleted Azure OpenAI account keeps its name for 48 hours, and the next azd up would be refused.
# The vault is left alone: the next azd up of this environment brings it back with its keys.
# The same steps as postdown.sh.
$ErrorActionPreference = 'Stop'

# An environment that was never provisioned has no subscription, and nothing to purge.
if (-not $env:AZURE_SUBSCRIPTION_ID) { exit 0 }
if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
    [Console]::Error.WriteLine('The Azure CLI (az) is needed to purge the deleted Azure OpenAI accounts: https://aka.ms/install-azure-cli, then az login and azd hooks run postdown.')
    exit 1
}

$group = "rg-$env:AZURE_ENV_NAME"
$accounts = az cognitiveservices account list-deleted --subscription $env:AZURE_SUBSCRIPTION_ID --output json
if ($LASTEXITCODE -ne 0) { exit 1 }

# -like knows no case, and the service spells the names of groups as it likes.
$accounts | Out-String | ConvertFrom-Json | ForEach-Object { $_ } | Where-Object { $_.id -like "*/resourceGroups/$group/*" } | ForEach-Object {
    Write-Output "Purging the deleted account $($_.name) in $($_.location)."
    az cognitiveservices account purge --subscription $env:AZURE_SUBSCRIPTION_ID --location $_.location --resource-group $group --name $_.name
    if ($LASTEXITCODE -ne 0) { exit 1 }
}
