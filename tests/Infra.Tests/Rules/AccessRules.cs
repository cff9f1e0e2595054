using System.Text.Json.Nodes;

namespace Infra.Tests.Rules;

/// <summary>Rules of who reaches what: roles, networks, credentials.</summary>
internal static class AccessRules
{
    private const string Vault = "Microsoft.KeyVault/vaults";
    private const string Storage = "Microsoft.Storage/storageAccounts";
    private const string OpenAI = "Microsoft.CognitiveServices/accounts";
    private const string Cache = "Microsoft.Cache/redisEnterprise";
    private const string Assignment = "Microsoft.Authorization/roleAssignments";
    private const string Endpoint = "Microsoft.Network/privateEndpoints";

    private const string SecretsOfficer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";

    // The least that works: data of the host and of calls, telemetry, reading secrets, calling models. Each on the resource itself.
    private static readonly Dictionary<string, string> RoleTargets = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "/storageAccounts/",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "/storageAccounts/",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "/storageAccounts/",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "/components/",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "/vaults/",
        ["5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"] = "/accounts/",
    };

    private static readonly string[] DataServices = [Vault, Storage, OpenAI];

    public static readonly Rule[] All =
    [
        new("Every role assignment names the kind of its principal",
            s => s.OfType(Assignment).Where(a => a.Text("properties/principalType") is not ("User" or "ServicePrincipal")).Select(IdOf),
            s => s.OfType(Assignment).First().Drop("properties/principalType"),
            s => s.OfType(Assignment).Last()["properties"]!["principalType"] = "Everyone"),

        new("The app has six roles, each on its resource, and no other",
            s => s.OfType(Assignment).Where(IsOfTheApp)
                    .Where(a => !RoleTargets.TryGetValue(RoleOf(a), out var target) || !IdOf(a).Contains(target, StringComparison.Ordinal)).Select(IdOf)
                .Concat(RoleTargets.Keys.Where(role => s.OfType(Assignment).Count(a => IsOfTheApp(a) && RoleOf(a) == role)
                    != (role == "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd" ? s.OfType(OpenAI).Count() : 1))),
            s => s.Remove(s.OfType(Assignment).First(IsOfTheApp)),
            s => s.OfType(Assignment).First(IsOfTheApp)["properties"]!["roleDefinitionId"] = "/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c",
            s => s.Add("""{"type":"Microsoft.Authorization/roleAssignments","id":"/subscriptions/x","properties":{"principalId":"[reference('identity').principalId]","principalType":"ServicePrincipal","roleDefinitionId":"/roleDefinitions/b7e6dc6d-f1e8-4753-8033-0f276bb0955b"}}""")),

        new("Who deploys may put secrets, where that is possible at all, and nothing else",
            s => s.OfType(Assignment).Where(a => !IsOfTheApp(a))
                .Where(a => RoleOf(a) != SecretsOfficer || !IdOf(a).Contains("/vaults/", StringComparison.Ordinal) || IsPrivate(s)).Select(IdOf),
            s => s.Add("""{"type":"Microsoft.Authorization/roleAssignments","id":"/vaults/v/1","properties":{"principalId":"00000000-0000-0000-0000-00000000000c","principalType":"User","roleDefinitionId":"/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"}}"""),
            s => s.Add("""{"type":"Microsoft.Authorization/roleAssignments","id":"/accounts/a/1","properties":{"principalId":"00000000-0000-0000-0000-00000000000c","principalType":"User","roleDefinitionId":"/roleDefinitions/5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"}}""")),

        new("Data services are either public or reached through private endpoints alone",
            s => DataServices.SelectMany(s.OfType).Where(r =>
                r.Text("properties/publicNetworkAccess") != (IsPrivate(s) ? "Disabled" : "Enabled")
                || r.Text("properties/networkAcls/defaultAction") != (IsPrivate(s) ? "Deny" : "Allow")).Select(IdOf),
            s => s.Single(Vault)["properties"]!["publicNetworkAccess"] = "Enabled",
            s => s.Single(Storage)["properties"]!["networkAcls"]!["defaultAction"] = "Allow",
            s => s.Single(OpenAI).Drop("properties/publicNetworkAccess")),

        // It has no network rules of its own: whether it is public is one word.
        new("The cache is public only where nothing is private",
            s => s.OfType(Cache).Where(c => c.Text("properties/publicNetworkAccess") != (IsPrivate(s) ? "Disabled" : "Enabled")).Select(IdOf),
            s => s.Single(Cache)["properties"]!["publicNetworkAccess"] = "Enabled",
            s => s.Single(Cache).Drop("properties/publicNetworkAccess")),

        new("The cache speaks TLS alone, and to the identity of the app alone",
            s => s.OfType(Cache).Where(c => c.Text("properties/minimumTlsVersion") != "1.2"
                || !s.OfType(Cache + "/databases").Any(d => d.Text("name") == c.Text("name") + "/default")
                || !s.OfType(Cache + "/databases/accessPolicyAssignments").Any(a => a.Text("name").Contains($"'{c.Text("name")}', 'default'", StringComparison.Ordinal)))
                .Select(IdOf)
                .Concat(s.OfType(Cache + "/databases").Where(d =>
                    d.Text("properties/accessKeysAuthentication") != "Disabled" || d.Text("properties/clientProtocol") != "Encrypted").Select(IdOf))
                .Concat(s.OfType(Cache + "/databases/accessPolicyAssignments").Where(a =>
                    !a.Text("properties/user/objectId").EndsWith(".principalId]", StringComparison.Ordinal)).Select(IdOf)),
            s => s.Single(Cache)["properties"]!["minimumTlsVersion"] = "1.0",
            s => s.Single(Cache + "/databases").Drop("properties/accessKeysAuthentication"),
            s => s.Single(Cache + "/databases")["properties"]!["clientProtocol"] = "Plaintext",
            s => s.Remove(s.Single(Cache + "/databases/accessPolicyAssignments")),
            s => s.Single(Cache + "/databases/accessPolicyAssignments")["properties"]!["user"]!["objectId"] = "00000000-0000-0000-0000-00000000000c",
            s => s.Remove(s.Single(Cache + "/databases"))),

        new("A private network has an endpoint and a DNS zone for every data service",
            s => !IsPrivate(s) ? [] : Needed(s).Where(need => !s.OfType(Endpoint).Any(e =>
                    e.Text("properties/privateLinkServiceConnections/0/properties/privateLinkServiceId") == need.Id
                    && e.Text("properties/privateLinkServiceConnections/0/properties/groupIds/0") == need.Group
                    && s.OfType(Endpoint + "/privateDnsZoneGroups").Any(z => IdOf(z).StartsWith(IdOf(e) + "/", StringComparison.Ordinal)
                        && z.Text("properties/privateDnsZoneConfigs/0/properties/privateDnsZoneId").Contains("/privateDnsZones", StringComparison.Ordinal))))
                .Select(need => $"{need.Group} {need.Id}")
                .Concat(s.OfType("Microsoft.Network/privateDnsZones").Count() == Zones(s) && s.OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Count() == Zones(s)
                    ? [] : ["zones"]),
            s => s.Remove(s.OfType(Endpoint).First()),
            s => s.Remove(s.OfType(Endpoint + "/privateDnsZoneGroups").Last()),
            s => s.Remove(s.OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks").First()),
            s => s.Remove(s.OfType("Microsoft.Network/privateDnsZones").Single(z => z.Text("name") == "privatelink.redis.azure.net")),
            s => s.Add(s.Single(OpenAI).ToJsonString().Replace("/accounts/", "/accounts/second-", StringComparison.Ordinal))),

        new("The app is in the network, on a subnet of its own that Flex Consumption accepts",
            s => !IsPrivate(s)
                ? s.Single("Microsoft.Web/sites").Text("properties/virtualNetworkSubnetId").Length == 0 ? [] : ["subnet"]
                : s.OfType("Microsoft.Network/virtualNetworks/subnets").Any(n =>
                    IdOf(n) == s.Single("Microsoft.Web/sites").Text("properties/virtualNetworkSubnetId")
                    && !IdOf(n).Contains('_', StringComparison.Ordinal)
                    && n.Text("properties/delegations/0/properties/serviceName") == "Microsoft.App/environments"
                    && n.Text("properties/networkSecurityGroup/id").Length > 0) ? [] : ["subnet"],
            s => s.Single("Microsoft.Web/sites").Drop("properties/virtualNetworkSubnetId"),
            s => s.OfType("Microsoft.Network/virtualNetworks/subnets").First().Drop("properties/delegations"),
            s => s.OfType("Microsoft.Network/virtualNetworks/subnets").First().Drop("properties/networkSecurityGroup")),

        new("Purge protection is on or left out, never false",
            s => s.OfType(Vault).Where(v => v.At("properties/enablePurgeProtection") is { } value && value.ToString() != "true").Select(IdOf),
            s => s.Single(Vault)["properties"]!["enablePurgeProtection"] = false),

        new("No credential stands in any value",
            s => s.Resources.SelectMany(Strings).Where(text => Credentials.Any(c => text.Contains(c, StringComparison.OrdinalIgnoreCase))),
            [.. Credentials.Select(c => (Action<Snapshot>)(s => s.Single("Microsoft.Web/sites")["properties"]!["planted"] = $"before {c} after"))]),

        new("Every account has a subdomain of its own name, without which no identity signs in",
            s => s.OfType(OpenAI).Where(a => a.Text("properties/customSubDomainName") != (string?)a["name"]).Select(IdOf),
            s => s.Single(OpenAI).Drop("properties/customSubDomainName")),
    ];

    private static string[] Credentials => ["AccountKey=", "SharedAccessSignature", "listKeys(", "listSecrets(", "listAccountSas(", "api-key", "sig=", "ikey="];

    private static IEnumerable<string> Strings(JsonObject resource) => JsonPaths.Strings(resource);

    private static string IdOf(JsonObject resource) => resource.Text("id");

    private static string RoleOf(JsonObject assignment) => assignment.Text("properties/roleDefinitionId").Split('/')[^1];

    private static bool IsOfTheApp(JsonObject assignment) => assignment.Text("properties/principalId").EndsWith(".principalId]", StringComparison.Ordinal);

    private static bool IsPrivate(Snapshot snapshot) => snapshot.OfType("Microsoft.Network/virtualNetworks").Any();

    private static IEnumerable<(string Id, string Group)> Needed(Snapshot snapshot) =>
    [
        (IdOf(snapshot.Single(Storage)), "blob"),
        (IdOf(snapshot.Single(Storage)), "table"),
        (IdOf(snapshot.Single(Storage)), "queue"),
        (IdOf(snapshot.Single(Vault)), "vault"),
        .. snapshot.OfType(OpenAI).Select(a => (IdOf(a), "account")),
        .. snapshot.OfType(Cache).Select(c => (IdOf(c), "redisEnterprise")),
    ];

    // Of blobs, tables, queues, vault and models, and of the cache.
    private static int Zones(Snapshot snapshot) => 5 + snapshot.OfType(Cache).Count();
}
