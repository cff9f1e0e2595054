using System.Text.Json.Nodes;

namespace Infra.Tests.Rules;

/// <summary>Rules of the function app and its plan.</summary>
internal static class AppRules
{
    private const string Site = "Microsoft.Web/sites";

    // Several of these end a deployment with error 51021, the others are ignored or contradict functionAppConfig.
    private static readonly string[] ForbiddenSettings =
    [
        "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_RUN_FROM_PACKAGE", "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "ENABLE_ORYX_BUILD", "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED", "WEBSITE_TIME_ZONE", "TZ", "WEBSITE_CONTENTSHARE",
        "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTOVERVNET",
    ];

    private static readonly string[] ForbiddenConfig =
        ["linuxFxVersion", "netFrameworkVersion", "alwaysOn", "preWarmedInstanceCount", "functionAppScaleLimit", "minimumElasticInstanceCount"];

    public static readonly Rule[] All =
    [
        new("No setting that Flex Consumption forbids",
            s => Settings(s).Select(NameOf).Where(name => ForbiddenSettings.Contains(name, StringComparer.OrdinalIgnoreCase)
                || name.StartsWith("WEBSITE_CONTENT", StringComparison.OrdinalIgnoreCase)),
            [.. ForbiddenSettings.Append("WEBSITE_CONTENTANYTHING").Select(name => (Action<Snapshot>)(s => Plant(s, name, "1")))]),

        new("No site configuration that Flex Consumption forbids",
            s => ((JsonObject)s.Single(Site).At("properties/siteConfig")!).Select(p => p.Key).Where(ForbiddenConfig.Contains),
            [.. ForbiddenConfig.Select(name => (Action<Snapshot>)(s => s.Single(Site).At("properties/siteConfig")![name] = "planted"))]),

        new("Settings are unique and not empty",
            s => Settings(s).GroupBy(NameOf).Where(g => g.Count() > 1 || g.Any(v => v.Text("value").Length == 0)).Select(g => g.Key),
            s => Plant(s, "AZURE_CLIENT_ID", "again"),
            s => Plant(s, "Empty", "")),

        new("The host reaches its storage by identity",
            s => Missing(s, "AzureWebJobsStorage__accountName", value => value == (string?)s.Single("Microsoft.Storage/storageAccounts")["name"])
                .Concat(Missing(s, "AzureWebJobsStorage__credential", value => value == "managedidentity"))
                .Concat(Missing(s, "AzureWebJobsStorage__clientId", IsClientId))
                .Concat(Missing(s, "AZURE_CLIENT_ID", IsClientId))
                .Concat(Settings(s).Select(NameOf).Where(name => name is "AzureWebJobsStorage" or "AzureWebJobsDashboard")),
            s => Unplant(s, "AzureWebJobsStorage__accountName"),
            s => Unplant(s, "AzureWebJobsStorage__credential"),
            s => Unplant(s, "AzureWebJobsStorage__clientId"),
            s => Unplant(s, "AZURE_CLIENT_ID"),
            s => Plant(s, "AzureWebJobsStorage", "UseDevelopmentStorage=true")),

        new("Telemetry is sent by identity",
            s => Missing(s, "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", value => value.Contains("Authorization=AAD", StringComparison.Ordinal) && value.Contains("ClientId=", StringComparison.Ordinal))
                .Concat(Missing(s, "APPLICATIONINSIGHTS_CONNECTION_STRING", value => value.Contains("/components/", StringComparison.Ordinal))),
            s => Unplant(s, "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"),
            s => Unplant(s, "APPLICATIONINSIGHTS_CONNECTION_STRING")),

        new("The host answers no page of its own",
            s => Missing(s, "AzureWebJobsDisableHomepage", value => value == "true"),
            s => Unplant(s, "AzureWebJobsDisableHomepage")),

        new("The package lies in a container that exists",
            s =>
            {
                var value = s.Single(Site).Text("properties/functionAppConfig/deployment/storage/value");
                return s.OfType("Microsoft.Storage/storageAccounts/blobServices/containers")
                    .Any(c => value.Contains((string)s.Single("Microsoft.Storage/storageAccounts")["name"]!, StringComparison.Ordinal)
                        && value.Contains(((string)c["name"]!).Split('/')[^1], StringComparison.Ordinal)) ? [] : [value];
            },
            s => s.Single(Site).At("properties/functionAppConfig/deployment/storage")!["value"] = "https://elsewhere.blob.core.windows.net/app-package",
            s => s.Single(Site).At("properties/functionAppConfig/deployment/storage")!["value"] = "https://" + s.Single("Microsoft.Storage/storageAccounts")["name"] + ".blob.core.windows.net/missing"),

        new("One identity, the same for deployment, settings and vault references",
            s =>
            {
                var id = (string)s.Single("Microsoft.ManagedIdentity/userAssignedIdentities")["id"]!;
                var site = s.Single(Site);
                string[] used =
                [
                    site.Text("properties/keyVaultReferenceIdentity"),
                    site.Text("properties/functionAppConfig/deployment/storage/authentication/userAssignedIdentityResourceId"),
                    .. ((JsonObject)site.At("identity/userAssignedIdentities")!).Select(p => p.Key),
                ];
                return used.Where(u => u != id);
            },
            s => s.Single(Site).At("properties")!["keyVaultReferenceIdentity"] = "SystemAssigned",
            s => ((JsonObject)s.Single(Site).At("identity/userAssignedIdentities")!).Add("/another", new JsonObject())),

        new("One resource carries the name of the azd service",
            s => s.Resources.Count(r => r.Text("tags/azd-service-name") == "api") == 1
                && s.Resources.Count(r => r.Text("tags/azd-service-name").Length > 0) == 1 ? [] : ["azd-service-name"],
            s => s.Single(Site)["tags"]!["azd-service-name"] = "web",
            s => ((JsonObject)s.Single(Site)["tags"]!).Remove("azd-service-name"),
            s => s.Single("Microsoft.Web/serverfarms")["tags"]!["azd-service-name"] = "api"),

        new("Always-ready instances are of the group http",
            s => ((JsonArray)s.Single(Site).At("properties/functionAppConfig/scaleAndConcurrency/alwaysReady")!)
                .Where(a => a.Text("name") != "http" || a.At("instanceCount")!.GetValue<int>() < 1).Select(a => a!.ToJsonString()),
            s => ((JsonArray)s.Single(Site).At("properties/functionAppConfig/scaleAndConcurrency/alwaysReady")!)
                .Add(JsonNode.Parse("""{"name":"blob","instanceCount":1}""")),
            s => ((JsonArray)s.Single(Site).At("properties/functionAppConfig/scaleAndConcurrency/alwaysReady")!)
                .Add(JsonNode.Parse("""{"name":"http","instanceCount":0}"""))),
    ];

    private static IEnumerable<JsonObject> Settings(Snapshot snapshot) =>
        ((JsonArray)snapshot.Single(Site).At("properties/siteConfig/appSettings")!).OfType<JsonObject>();

    private static string NameOf(JsonObject setting) => setting.Text("name");

    private static bool IsClientId(string value) => value.EndsWith(".clientId]", StringComparison.Ordinal);

    private static IEnumerable<string> Missing(Snapshot snapshot, string name, Func<string, bool> isRight) =>
        Settings(snapshot).Any(s => NameOf(s) == name && isRight(s.Text("value"))) ? [] : [name];

    private static void Plant(Snapshot snapshot, string name, string value) =>
        ((JsonArray)snapshot.Single(Site).At("properties/siteConfig/appSettings")!).Add(new JsonObject { ["name"] = name, ["value"] = value });

    private static void Unplant(Snapshot snapshot, string name)
    {
        var settings = (JsonArray)snapshot.Single(Site).At("properties/siteConfig/appSettings")!;
        settings.Remove(Settings(snapshot).Single(s => NameOf(s) == name));
    }
}
