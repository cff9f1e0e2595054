using Infra.Tests.Rules;

namespace Infra.Tests.Settings;

/// <summary>The settings that the compiled template gives the app, with the values that only Azure knows filled in.</summary>
internal static class AppSettings
{
    public static Dictionary<string, string> Of(string snapshot) => Of(Snapshot.Load(snapshot));

    public static Dictionary<string, string> Of(Snapshot resources)
    {
        var vault = resources.Single("Microsoft.KeyVault/vaults")["name"];
        var account = resources.Single("Microsoft.Storage/storageAccounts")["name"];
        return ((System.Text.Json.Nodes.JsonArray)resources.Single("Microsoft.Web/sites").At("properties/siteConfig/appSettings")!)
            .ToDictionary(s => s.Text("name"), s => s.Text("value") switch
            {
                var value when !value.StartsWith('[') => value,
                var value when value.EndsWith(".clientId]", StringComparison.Ordinal) => "00000000-0000-0000-0000-00000000c11d",
                var value when value == $"[format('https://{{0}}{{1}}/', '{vault}', environment().suffixes.keyvaultDns)]" => $"https://{vault}.vault.azure.net/",
                var value when value == $"[format('https://{{0}}.blob.{{1}}/', '{account}', environment().suffixes.storage)]" => $"https://{account}.blob.core.windows.net/",
                var value when value.StartsWith("[format('ClientId={0};Authorization=AAD'", StringComparison.Ordinal) => "ClientId=00000000-0000-0000-0000-00000000c11d;Authorization=AAD",
                var value when value.EndsWith(".ConnectionString]", StringComparison.Ordinal) => "InstrumentationKey=00000000-0000-0000-0000-000000000000",
                var value => throw new InvalidOperationException($"{s.Text("name")} has a value that is not understood: {value}"),
            });
    }
}
