# Before anything is created: are the models of deployments.json to be had where they are asked for, and with what
# quota; does the region offer Flex Consumption; is a deleted vault of this environment to be brought back?
# The same steps as preprovision.sh.
$ErrorActionPreference = 'Stop'

$infra = Split-Path $PSScriptRoot -Parent

function Stop-Hook([string[]] $lines) {
    $lines | ForEach-Object { [Console]::Error.WriteLine($_) }
    exit 1
}

if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
    Stop-Hook 'The Azure CLI (az) is needed for the checks before provisioning: https://aka.ms/install-azure-cli, then az login.'
}
if (-not $env:AZURE_SUBSCRIPTION_ID -or -not $env:AZURE_LOCATION) {
    Stop-Hook 'No subscription or region is chosen yet. Run azd up, which asks, or set them:',
        '  azd env set AZURE_SUBSCRIPTION_ID <id>', '  azd env set AZURE_LOCATION <region>'
}
az account show --subscription $env:AZURE_SUBSCRIPTION_ID --output none 2>$null
if ($LASTEXITCODE -ne 0) {
    Stop-Hook "az is not signed in to the subscription ${env:AZURE_SUBSCRIPTION_ID}: az login"
}

$group = "rg-$env:AZURE_ENV_NAME"

# Answers are filtered here and not by --query: what quotes a query would need does not survive the way to az on Windows.
function ConvertFrom-Answer($answer) {
    if ($LASTEXITCODE -ne 0) { Stop-Hook 'az failed; see above. Nothing was created.' }
    $answer | Out-String | ConvertFrom-Json
}

$wanted = Get-Content (Join-Path $infra 'deployments.json') -Raw | ConvertFrom-Json | ForEach-Object { $_ } | ForEach-Object {
    foreach ($field in 'name', 'model', 'version', 'sku', 'capacity') {
        if (-not $_.$field) { Stop-Hook "infra/deployments.json: `"$field`" is missing in: $($_ | ConvertTo-Json -Compress)" }
    }
    $region = if ($_.region) { $_.region } else { $env:AZURE_LOCATION }
    [pscustomobject]@{ Name = $_.name; Region = $region; Model = $_.model; Version = $_.version; Sku = $_.sku; Capacity = [int]$_.capacity }
}
if (-not $wanted) { Stop-Hook 'infra/deployments.json names no deployment.' }
$twice = $wanted | Group-Object Name, Region | Where-Object { $_.Count -gt 1 } | ForEach-Object { "$($_.Group[0].Name) in $($_.Group[0].Region)" }
if ($twice) { Stop-Hook "infra/deployments.json: there twice: $twice. A name is for one deployment of a region." }

$models = @{}
function Get-Version($region, $model) {
    if (-not $models.ContainsKey($region)) {
        $models[$region] = ConvertFrom-Answer (az cognitiveservices model list --subscription $env:AZURE_SUBSCRIPTION_ID --location $region --output json)
    }
    $models[$region] | Where-Object { $_.kind -eq 'OpenAI' -and $_.model.name -eq $model } | ForEach-Object { $_.model }
}

# Quota of a region, and what this environment has deployed there, which is its own to use again.
$usages = @{}
$own = @{}
function Get-Left($region, $model, $sku) {
    if (-not $usages.ContainsKey($region)) {
        $usages[$region] = ConvertFrom-Answer (az cognitiveservices usage list --subscription $env:AZURE_SUBSCRIPTION_ID --location $region --output json)
        $accounts = ConvertFrom-Answer (az cognitiveservices account list --subscription $env:AZURE_SUBSCRIPTION_ID --output json)
        $own[$region] = @($accounts | Where-Object { $_.resourceGroup -eq $group -and $_.location -eq $region } | ForEach-Object {
            ConvertFrom-Answer (az cognitiveservices account deployment list --subscription $env:AZURE_SUBSCRIPTION_ID --resource-group $group --name $_.name --output json)
        } | ForEach-Object { $_ })
    }
    $left = 0
    $usages[$region] | Where-Object { $_.name.value -eq "OpenAI.$sku.$model" } | ForEach-Object { $left = $_.limit - $_.currentValue }
    $own[$region] | Where-Object { $_.properties.model.name -eq $model -and $_.sku.name -eq $sku } | ForEach-Object { $left += $_.sku.capacity }
    [int]$left
}

function Test-Offer($region, $model, $version, $sku) {
    [bool](Get-Version $region $model | Where-Object { $_.version -eq $version -and $_.skus.name -contains $sku })
}

function Test-Service($region, $model, $version, $sku, $capacity) {
    (Test-Offer $region $model $version $sku) -and ((Get-Left $region $model $sku) -ge $capacity)
}

function Get-Neighbour($region) {
    $locations = ConvertFrom-Answer (az account list-locations --subscription $env:AZURE_SUBSCRIPTION_ID --output json) |
        ForEach-Object { $_ } | Where-Object { $_.metadata.regionType -eq 'Physical' }
    $geography = ($locations | Where-Object { $_.name -eq $region }).metadata.geographyGroup
    $locations | Where-Object { $_.name -ne $region -and $_.metadata.geographyGroup -eq $geography } | ForEach-Object { $_.name }
}

# The nearest valid choice, in the order of how little it changes.
function Get-Nearest($region, $model, $version, $sku, $capacity, $others) {
    # Never the other way round: who asked for a data zone has a reason.
    if ($sku -eq 'GlobalStandard' -and (Test-Service $region $model $version 'DataZoneStandard' $capacity)) {
        return "`"sku`": `"DataZoneStandard`" in $region"
    }
    $versions = Get-Version $region $model | Where-Object { $_.version -ne $version -and $_.lifecycleStatus -in 'GenerallyAvailable', 'Stable' } |
        ForEach-Object { $_.version } | Sort-Object -Descending
    foreach ($candidate in $versions) {
        if (Test-Service $region $model $candidate $sku $capacity) { return "`"version`": `"$candidate`" in $region" }
    }
    foreach ($candidate in Get-Neighbour $region) {
        if (Test-Service $candidate $model $version $sku $capacity) { return "`"region`": `"$candidate`"" }
    }
    $rest = (Get-Left $region $model $sku) - $others
    if ($rest -gt 0 -and (Test-Offer $region $model $version $sku)) { return "`"capacity`": $rest in $region" }
    'none nearby; ask for quota at https://aka.ms/oai/stuquotarequest'
}

$flex = ConvertFrom-Answer (az functionapp list-flexconsumption-locations --subscription $env:AZURE_SUBSCRIPTION_ID --output json) |
    ForEach-Object { $_ } | ForEach-Object { $_.name.Replace(' ', '').ToLowerInvariant() }
if ($flex -notcontains $env:AZURE_LOCATION) {
    $choice = Get-Neighbour $env:AZURE_LOCATION | Where-Object { $flex -contains $_ } | Select-Object -First 1
    if (-not $choice) { $choice = "<one of: $($flex -join ' ')>" }
    Stop-Hook "$env:AZURE_LOCATION does not offer Flex Consumption. Nothing was created.",
        "Nearest valid choice: azd env set AZURE_LOCATION $choice"
}

$soon = (Get-Date).ToUniversalTime().AddDays(90).ToString('yyyy-MM-dd')

foreach ($d in $wanted) {
    if (-not (Test-Offer $d.Region $d.Model $d.Version $d.Sku)) {
        Stop-Hook "$($d.Name): $($d.Region) does not offer $($d.Model) $($d.Version) as $($d.Sku). Nothing was created.",
            "Nearest valid choice for infra/deployments.json: $(Get-Nearest $d.Region $d.Model $d.Version $d.Sku $d.Capacity 0)"
    }
    # Deployments of one model and kind in one region draw on one quota.
    $total = ($wanted | Where-Object { $_.Region -eq $d.Region -and $_.Model -eq $d.Model -and $_.Sku -eq $d.Sku } | Measure-Object Capacity -Sum).Sum
    $rest = Get-Left $d.Region $d.Model $d.Sku
    if ($rest -lt $total) {
        Stop-Hook "$($d.Name): $total of OpenAI.$($d.Sku).$($d.Model) are asked for in $($d.Region), $rest are left. Nothing was created.",
            "Nearest valid choice for infra/deployments.json: $(Get-Nearest $d.Region $d.Model $d.Version $d.Sku $total ($total - $d.Capacity))"
    }
    $found = Get-Version $d.Region $d.Model | Where-Object { $_.version -eq $d.Version } | Select-Object -First 1
    if ($found.lifecycleStatus -notin 'GenerallyAvailable', 'Stable') {
        [Console]::Error.WriteLine("Warning: $($d.Model) $($d.Version) is $($found.lifecycleStatus), not generally available.")
    }
    $retires = if ($found.deprecation.inference -is [datetime]) { $found.deprecation.inference.ToString('yyyy-MM-dd') } else { "$($found.deprecation.inference)" }
    if ($retires.Length -ge 10 -and [string]::CompareOrdinal($retires.Substring(0, 10), $soon) -lt 0) {
        [Console]::Error.WriteLine("Warning: $($d.Model) $($d.Version) retires on $($retires.Substring(0, 10)).")
    }
}

# The service changes the start of no budget, and takes for a new one no month that has passed.
if ($env:MONTHLY_BUDGET -ne '0') {
    $first = (Get-Date).ToUniversalTime()
    $exists = az group exists --subscription $env:AZURE_SUBSCRIPTION_ID --name $group --output tsv
    if ($LASTEXITCODE -ne 0) { Stop-Hook 'az failed; see above. Nothing was created.' }
    if ($exists -eq 'true') {
        $budgets = ConvertFrom-Answer (az rest --method get --output json `
            --url "/subscriptions/$env:AZURE_SUBSCRIPTION_ID/resourceGroups/$group/providers/Microsoft.Consumption/budgets?api-version=2024-08-01")
        $standing = $budgets.value | Where-Object { $_.name -like 'budget-*' } | Select-Object -First 1
        if ($standing) { $first = ([datetime]$standing.properties.timePeriod.startDate).ToUniversalTime() }
    }
    $first = $first.ToString('yyyy-MM-01', [cultureinfo]::InvariantCulture) + 'T00:00:00Z'
    if ($first -ne $env:BUDGET_FIRST_DAY) { azd env set BUDGET_FIRST_DAY $first }
}

# A deleted vault keeps its name for 90 days: it is brought back, with the keys that agents hold.
$deleted = ConvertFrom-Answer (az keyvault list-deleted --subscription $env:AZURE_SUBSCRIPTION_ID --resource-type vault --output json) |
    ForEach-Object { $_ } |
    Where-Object { $_.properties.location -eq $env:AZURE_LOCATION -and $_.properties.tags.'azd-env-name' -eq $env:AZURE_ENV_NAME -and
        $_.properties.tags.'azd-template' -eq 'elevenlabs-azure-openai' } |
    ForEach-Object { $_.name }
if ($deleted) {
    Write-Output "The deleted vault $deleted is brought back with its keys, as it was. What was set otherwise since then takes another azd provision."
    azd env set VAULT_CREATE_MODE recover
} elseif ($env:VAULT_CREATE_MODE -and $env:VAULT_CREATE_MODE -ne 'default') {
    azd env set VAULT_CREATE_MODE default
}

# A subnet is delegated to this provider, but nothing in the template is of its types, so nothing registers it.
if ($env:PRIVATE_NETWORK -eq 'true') {
    az provider register --subscription $env:AZURE_SUBSCRIPTION_ID --namespace Microsoft.App --wait
    if ($LASTEXITCODE -ne 0) { exit 1 }
}
