#!/bin/sh
# Before anything is created: are the models of deployments.json to be had where they are asked for, and with what
# quota; does the region offer Flex Consumption; is a deleted vault of this environment to be brought back?
set -eu

infra=$(cd "$(dirname "$0")/.." && pwd)

stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

if ! command -v az >/dev/null 2>&1; then
  stop 'The Azure CLI (az) is needed for the checks before provisioning: https://aka.ms/install-azure-cli, then az login.'
fi
if [ -z "${AZURE_SUBSCRIPTION_ID:-}" ] || [ -z "${AZURE_LOCATION:-}" ]; then
  stop 'No subscription or region is chosen yet. Run azd up, which asks, or set them:' \
    '  azd env set AZURE_SUBSCRIPTION_ID <id>' '  azd env set AZURE_LOCATION <region>'
fi
if ! az account show --subscription "$AZURE_SUBSCRIPTION_ID" --output none 2>/dev/null; then
  stop "az is not signed in to the subscription $AZURE_SUBSCRIPTION_ID: az login"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
group="rg-$AZURE_ENV_NAME"

# What is asked for: name, region, model, version, sku, capacity. A deployment a line, so that no parser is needed.
value() {
  printf '%s\n' "$1" | sed -n "s/.*\"$2\": *\"\{0,1\}\([^\",} ]*\).*/\1/p"
}

grep '[^][ ]' "$infra/deployments.json" >"$work/lines" || stop 'infra/deployments.json names no deployment.'
while IFS= read -r line; do
  if [ "$(printf '%s\n' "$line" | awk '{ print gsub(/"name"/, "") }')" -gt 1 ]; then
    stop 'infra/deployments.json: write each deployment on a line of its own.'
  fi
  region=$(value "$line" region)
  for field in name model version sku capacity; do
    if [ -z "$(value "$line" "$field")" ]; then
      stop "infra/deployments.json: write each deployment on a line of its own. \"$field\" is missing in: $line"
    fi
  done
  printf '%s %s %s %s %s %s\n' "$(value "$line" name)" "${region:-$AZURE_LOCATION}" "$(value "$line" model)" \
    "$(value "$line" version)" "$(value "$line" sku)" "$(value "$line" capacity)"
done <"$work/lines" >"$work/wanted"
twice=$(awk 'seen[$1 " " $2]++ { print $1 " in " $2 }' "$work/wanted")
if [ -n "$twice" ]; then
  stop "infra/deployments.json: there twice: $twice. A name is for one deployment of a region."
fi

# Versions of a model in a region: version, lifecycle, retirement, kinds of capacity.
ask_versions() {
  if [ ! -f "$work/versions.$1.$2" ]; then
    az cognitiveservices model list --subscription "$AZURE_SUBSCRIPTION_ID" --location "$1" --output tsv \
      --query "[?kind=='OpenAI' && model.name=='$2'].model.[version, lifecycleStatus, deprecation.inference, join(',', skus[].name || \`[]\`)]" \
      >"$work/answer" || return 1
    mv "$work/answer" "$work/versions.$1.$2"
  fi
}

# Quota of a region, and what this environment has deployed there, which is its own to use again.
ask_usage() {
  if [ ! -f "$work/usage.$1" ]; then
    az cognitiveservices usage list --subscription "$AZURE_SUBSCRIPTION_ID" --location "$1" --output tsv \
      --query "[?starts_with(name.value, 'OpenAI.')].[name.value, limit, currentValue]" >"$work/answer" || return 1
    az cognitiveservices account list --subscription "$AZURE_SUBSCRIPTION_ID" --output tsv \
      --query "[?location=='$1'].[name, resourceGroup]" >"$work/all" || return 1
    # The service spells the names of groups as it likes, so they are compared without case.
    awk -v group="$group" 'tolower($2) == tolower(group) { print $1 }' "$work/all" >"$work/accounts"
    : >"$work/own.$1"
    while IFS= read -r account <&4; do
      az cognitiveservices account deployment list --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$group" \
        --name "$account" --output tsv --query '[].[properties.model.name, sku.name, sku.capacity]' >>"$work/own.$1" || return 1
    done 4<"$work/accounts"
    mv "$work/answer" "$work/usage.$1"
  fi
}

left() {
  awk -v quota="OpenAI.$3.$2" -v model="$2" -v sku="$3" '
    FNR == NR { if ($1 == quota) left = $2 - $3; next }
    $1 == model && $2 == sku { left += $3 }
    END { printf "%d\n", left }' "$work/usage.$1" "$work/own.$1"
}

offers() {
  awk -v version="$3" -v sku="$4" '
    $1 == version && index("," $NF ",", "," sku ",") { found = 1 } END { exit !found }' "$work/versions.$1.$2"
}

serves() {
  ask_versions "$1" "$2" && ask_usage "$1" && offers "$1" "$2" "$3" "$4" && [ "$(left "$1" "$2" "$4")" -ge "$5" ]
}

neighbours() {
  az account list-locations --subscription "$AZURE_SUBSCRIPTION_ID" --output tsv \
    --query "[?metadata.regionType=='Physical'].[name, metadata.geographyGroup]" >"$work/locations"
  awk -v here="$1" '
    FNR == NR { if ($1 == here) geography = substr($0, length($1) + 1); next }
    $1 != here && substr($0, length($1) + 1) == geography { print $1 }' "$work/locations" "$work/locations"
}

# The nearest valid choice, in the order of how little it changes.
nearest() {
  region=$1 model=$2 version=$3 sku=$4 capacity=$5 others=$6
  # Never the other way round: who asked for a data zone has a reason.
  if [ "$sku" = GlobalStandard ] && serves "$region" "$model" "$version" DataZoneStandard "$capacity"; then
    echo "\"sku\": \"DataZoneStandard\" in $region"
    return
  fi
  other=$(awk -v version="$version" '
    $1 != version && ($2 == "GenerallyAvailable" || $2 == "Stable") { print $1 }' "$work/versions.$region.$model" | sort -r)
  for candidate in $other; do
    if serves "$region" "$model" "$candidate" "$sku" "$capacity"; then
      echo "\"version\": \"$candidate\" in $region"
      return
    fi
  done
  for candidate in $(neighbours "$region"); do
    if serves "$candidate" "$model" "$version" "$sku" "$capacity"; then
      echo "\"region\": \"$candidate\""
      return
    fi
  done
  rest=$(($(left "$region" "$model" "$sku") - others))
  if [ "$rest" -gt 0 ] && offers "$region" "$model" "$version" "$sku"; then
    echo "\"capacity\": $rest in $region"
    return
  fi
  echo 'none nearby; ask for quota at https://aka.ms/oai/stuquotarequest'
}

flex=$(az functionapp list-flexconsumption-locations --subscription "$AZURE_SUBSCRIPTION_ID" --query '[].name' --output tsv)
flex=$(printf '%s\n' "$flex" | tr -d ' ' | tr '[:upper:]' '[:lower:]')
if ! printf '%s\n' "$flex" | grep -qx "$AZURE_LOCATION"; then
  choice=
  for candidate in $(neighbours "$AZURE_LOCATION"); do
    if printf '%s\n' "$flex" | grep -qx "$candidate"; then
      choice=$candidate
      break
    fi
  done
  stop "$AZURE_LOCATION does not offer Flex Consumption. Nothing was created." \
    "Nearest valid choice: azd env set AZURE_LOCATION ${choice:-<one of: $(echo "$flex" | tr '\n' ' ')>}"
fi

soon=$(date -u -d '+90 days' +%Y-%m-%d 2>/dev/null || date -u -v+90d +%Y-%m-%d)

# shellcheck disable=SC2094 # Both only read it.
while read -r name region model version sku capacity <&3; do
  ask_versions "$region" "$model"
  ask_usage "$region"
  if ! offers "$region" "$model" "$version" "$sku"; then
    stop "$name: $region does not offer $model $version as $sku. Nothing was created." \
      "Nearest valid choice for infra/deployments.json: $(nearest "$region" "$model" "$version" "$sku" "$capacity" 0)"
  fi
  # Deployments of one model and kind in one region draw on one quota.
  total=$(awk -v key="$region $model $sku" '$2 " " $3 " " $5 == key { total += $6 } END { print total }' "$work/wanted")
  rest=$(left "$region" "$model" "$sku")
  if [ "$rest" -lt "$total" ]; then
    stop "$name: $total of OpenAI.$sku.$model are asked for in $region, $rest are left. Nothing was created." \
      "Nearest valid choice for infra/deployments.json: $(nearest "$region" "$model" "$version" "$sku" "$total" $((total - capacity)))"
  fi
  awk -v model="$model" -v version="$version" -v soon="$soon" '
    $1 == version && !told {
      told = 1
      if ($2 != "GenerallyAvailable" && $2 != "Stable") print "Warning: " model " " version " is " $2 ", not generally available."
      if ($3 ~ /^[0-9]/ && substr($3, 1, 10) < soon) print "Warning: " model " " version " retires on " substr($3, 1, 10) "."
    }' "$work/versions.$region.$model" >&2
done 3<"$work/wanted"

# The service changes the start of no budget, and takes for a new one no month that has passed.
if [ "${MONTHLY_BUDGET:-150}" != 0 ]; then
  first=
  exists=$(az group exists --subscription "$AZURE_SUBSCRIPTION_ID" --name "$group" --output tsv)
  if [ "$exists" = true ]; then
    first=$(az rest --method get --output tsv --query "value[?starts_with(name, 'budget-')].properties.timePeriod.startDate | [0]" \
      --url "/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$group/providers/Microsoft.Consumption/budgets?api-version=2024-08-01")
  fi
  first=${first:-$(date -u +%Y-%m-01)}
  first=${first%%T*}T00:00:00Z
  if [ "$first" != "${BUDGET_FIRST_DAY:-}" ]; then
    azd env set BUDGET_FIRST_DAY "$first"
  fi
fi

# A deleted vault keeps its name for 90 days: it is brought back, with the keys that agents hold.
deleted=$(az keyvault list-deleted --subscription "$AZURE_SUBSCRIPTION_ID" --resource-type vault --output tsv \
  --query "[?properties.location=='$AZURE_LOCATION' && properties.tags.\"azd-env-name\"=='$AZURE_ENV_NAME' && properties.tags.\"azd-template\"=='elevenlabs-azure-openai'].name")
if [ -n "$deleted" ]; then
  echo "The deleted vault $deleted is brought back with its keys, as it was. What was set otherwise since then takes another azd provision."
  azd env set VAULT_CREATE_MODE recover
elif [ "${VAULT_CREATE_MODE:-default}" != default ]; then
  azd env set VAULT_CREATE_MODE default
fi

# A subnet is delegated to this provider, but nothing in the template is of its types, so nothing registers it.
if [ "${PRIVATE_NETWORK:-false}" = true ]; then
  az provider register --subscription "$AZURE_SUBSCRIPTION_ID" --namespace Microsoft.App --wait
fi
