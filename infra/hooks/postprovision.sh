#!/bin/sh
# After provisioning: the first secrets where there are none, local.settings.json, and what to paste into ElevenLabs.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)

stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

command -v az >/dev/null 2>&1 || stop 'The Azure CLI (az) is needed to put the first key: https://aka.ms/install-azure-cli, then az login and azd hooks run postprovision.'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
vault=$AZURE_KEY_VAULT_NAME

# The names of all secrets, never a value. A new role takes minutes to be known everywhere, so the first answers may be no.
list_secrets() {
  if [ "$VAULT_IS_PRIVATE" = true ]; then
    az rest --method get --output tsv --query 'value[].name' \
      --url "/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$AZURE_RESOURCE_GROUP/providers/Microsoft.KeyVault/vaults/$vault/secrets?api-version=2024-11-01"
  else
    az keyvault secret list --subscription "$AZURE_SUBSCRIPTION_ID" --vault-name "$vault" --query '[].name' --output tsv
  fi
}

tries=1
until list_secrets >"$work/secrets" 2>"$work/error"; do
  if [ "$tries" -ge 18 ]; then
    cat "$work/error" >&2
    stop "The secrets of $vault cannot be listed. When they can: azd hooks run postprovision"
  fi
  tries=$((tries + 1))
  sleep 10
done

# 32 random bytes, base64url. Through a file, because the arguments of a process can be read by others.
new_secret() {
  secret=$(dd if=/dev/urandom bs=32 count=1 2>/dev/null | base64 | tr '+/' '-_' | tr -d '=\n')
  (
    umask 077
    if [ "$VAULT_IS_PRIVATE" = true ]; then
      printf '{"vaultName":{"value":"%s"},"name":{"value":"%s"},"value":{"value":"%s"}}' "$vault" "$1" "$secret" >"$work/$1"
      az deployment group create --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$AZURE_RESOURCE_GROUP" \
        --name "first-secret-$1" --template-file "$root/infra/secret.bicep" --parameters "@$work/$1" --output none
    else
      printf '%s' "$secret" >"$work/$1"
      az keyvault secret set --subscription "$AZURE_SUBSCRIPTION_ID" --vault-name "$vault" --name "$1" \
        --file "$work/$1" --encoding utf-8 --output none
    fi
  )
  rm -f "$work/$1"
}

grep -qx end-user-key "$work/secrets" || new_secret end-user-key
grep -qx end-user-signing "$work/secrets" || new_secret end-user-signing

fetch="az keyvault secret show --vault-name $vault --name caller-elevenlabs --query value --output tsv"
key="run: $fetch"
if ! grep -qx caller-elevenlabs "$work/secrets"; then
  new_secret caller-elevenlabs
  # A log of a pipeline is read by more people than the vault.
  if [ -z "${CI:-}" ] && [ -z "${TF_BUILD:-}" ]; then
    key="$secret (shown once; again with: $fetch)"
  fi
fi

if [ -e "$root/local.settings.json" ]; then
  echo 'local.settings.json is there and stays as it is. To write it anew, delete it and run: azd hooks run postprovision'
else
  printf '%s\n' "$LOCAL_SETTINGS" >"$root/local.settings.json"
  echo 'local.settings.json is written. It holds no secret.'
fi

cat <<END

Paste into ElevenLabs, in the LLM section of the agent:
  LLM         Custom LLM
  Server URL  $ELEVENLABS_BASE_URL
  Model ID    $ELEVENLABS_MODEL
  API type    Chat Completions
  API key     $key
END
if [ "$VAULT_IS_PRIVATE" = true ]; then
  echo 'The vault has a private endpoint alone: run az from inside the virtual network.'
fi
