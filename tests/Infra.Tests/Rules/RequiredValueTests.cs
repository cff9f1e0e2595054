using System.Text.Json.Nodes;

namespace Infra.Tests.Rules;

/// <summary>Values that every resource of a type must have, whatever is deployed: the security baseline, as data.</summary>
public sealed class RequiredValueTests
{
    public static TheoryData<string, string, string> Values => new()
    {
        { "Microsoft.Storage/storageAccounts", "properties/allowSharedKeyAccess", "false" },
        { "Microsoft.Storage/storageAccounts", "properties/allowBlobPublicAccess", "false" },
        { "Microsoft.Storage/storageAccounts", "properties/allowCrossTenantReplication", "false" },
        { "Microsoft.Storage/storageAccounts", "properties/defaultToOAuthAuthentication", "true" },
        { "Microsoft.Storage/storageAccounts", "properties/minimumTlsVersion", "TLS1_2" },
        { "Microsoft.Storage/storageAccounts", "properties/supportsHttpsTrafficOnly", "true" },
        { "Microsoft.Storage/storageAccounts/blobServices", "properties/deleteRetentionPolicy/enabled", "false" },
        { "Microsoft.KeyVault/vaults", "properties/enableRbacAuthorization", "true" },
        { "Microsoft.KeyVault/vaults", "properties/enableSoftDelete", "true" },
        { "Microsoft.KeyVault/vaults", "properties/softDeleteRetentionInDays", "90" },
        { "Microsoft.CognitiveServices/accounts", "properties/disableLocalAuth", "true" },
        { "Microsoft.CognitiveServices/accounts", "kind", "OpenAI" },
        { "Microsoft.CognitiveServices/accounts/deployments", "properties/versionUpgradeOption", "OnceCurrentVersionExpired" },
        { "Microsoft.Insights/components", "properties/DisableLocalAuth", "true" },
        { "Microsoft.Insights/components", "properties/IngestionMode", "LogAnalytics" },
        { "Microsoft.OperationalInsights/workspaces", "properties/features/disableLocalAuth", "true" },
        { "Microsoft.OperationalInsights/workspaces", "properties/workspaceCapping/dailyQuotaGb", "1" },
        { "Microsoft.Web/serverfarms", "sku/name", "FC1" },
        { "Microsoft.Web/serverfarms", "sku/tier", "FlexConsumption" },
        { "Microsoft.Web/serverfarms", "properties/reserved", "true" },
        { "Microsoft.Web/sites", "kind", "functionapp,linux" },
        { "Microsoft.Web/sites", "identity/type", "UserAssigned" },
        { "Microsoft.Web/sites", "properties/httpsOnly", "true" },
        { "Microsoft.Web/sites", "properties/clientAffinityEnabled", "false" },
        { "Microsoft.Web/sites", "properties/siteConfig/minTlsVersion", "1.2" },
        { "Microsoft.Web/sites", "properties/siteConfig/scmMinTlsVersion", "1.2" },
        { "Microsoft.Web/sites", "properties/siteConfig/ftpsState", "Disabled" },
        { "Microsoft.Web/sites", "properties/functionAppConfig/deployment/storage/type", "blobContainer" },
        { "Microsoft.Web/sites", "properties/functionAppConfig/deployment/storage/authentication/type", "UserAssignedIdentity" },
        { "Microsoft.Web/sites", "properties/functionAppConfig/runtime/name", "dotnet-isolated" },
        { "Microsoft.Web/sites", "properties/functionAppConfig/runtime/version", "10.0" },
        { "Microsoft.Web/sites", "properties/functionAppConfig/scaleAndConcurrency/instanceMemoryMB", "2048" },
        { "Microsoft.Web/sites", "properties/functionAppConfig/scaleAndConcurrency/maximumInstanceCount", "40" },
        { "Microsoft.Web/sites", "properties/functionAppConfig/scaleAndConcurrency/triggers/http/perInstanceConcurrency", "100" },
        { "Microsoft.Web/sites", "properties/functionAppConfig/siteUpdateStrategy/type", "RollingUpdate" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Resource_OfEverySnapshot_HasTheValue(string type, string path, string value)
    {
        foreach (var snapshot in Snapshot.Names.Select(Snapshot.Load)) Assert.Empty(Violations(snapshot, type, path, value));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Value_LeftOutOrOther_IsFound(string type, string path, string value)
    {
        var without = Snapshot.Load("minimal");
        without.OfType(type).Last().Drop(path);
        var other = Snapshot.Load("minimal");
        Parent(other.OfType(type).First(), path)[path.Split('/')[^1]] = value == "true" ? false : value == "false" ? true : "planted";
        var none = Snapshot.Load("minimal");
        foreach (var resource in none.OfType(type).ToList()) none.Remove(resource);

        Assert.All([without, other, none], planted => Assert.NotEmpty(Violations(planted, type, path, value)));
    }

    private static JsonObject Parent(JsonObject resource, string path) =>
        path.Contains('/', StringComparison.Ordinal) ? (JsonObject)resource.At(path[..path.LastIndexOf('/')])! : resource;

    private static IEnumerable<string> Violations(Snapshot snapshot, string type, string path, string value)
    {
        var resources = snapshot.OfType(type).ToList();
        if (resources.Count == 0) yield return $"no {type}";
        foreach (var resource in resources.Where(r => r.Text(path) != value)) yield return $"{resource["name"]}: {path} is '{resource.Text(path)}'";
    }
}
