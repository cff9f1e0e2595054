#!/bin/sh
# After azd down: a deleted Azure OpenAI account keeps its name for 48 hours, and the next azd up would be refused.
# The vault is left alone: the next azd up of this environment brings it back with its keys.
set -eu

stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

# An environment that was never provisioned has no subscription, and nothing to purge.
[ -n "${AZURE_SUBSCRIPTION_ID:-}" ] || exit 0
command -v az >/dev/null 2>&1 || stop 'The Azure CLI (az) is needed to purge the deleted Azure OpenAI accounts: https://aka.ms/install-azure-cli, then az login and azd hooks run postdown.'

group="rg-$AZURE_ENV_NAME"
accounts=$(az cognitiveservices account list-deleted --subscription "$AZURE_SUBSCRIPTION_ID" --query '[].[id, name, location]' --output tsv)

# The service spells the names of groups as it likes, so they are compared without case.
printf '%s\n' "$accounts" | awk -v group="$group" '
  index(tolower($1), "/resourcegroups/" tolower(group) "/") { print $2, $3 }' | while read -r name location; do
  echo "Purging the deleted account $name in $location."
  az cognitiveservices account purge --subscription "$AZURE_SUBSCRIPTION_ID" --location "$location" --resource-group "$group" \
    --name "$name" </dev/null
done
