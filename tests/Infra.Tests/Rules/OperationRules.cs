using System.Text.Json.Nodes;

namespace Infra.Tests.Rules;

/// <summary>Rules of what an operator relies on: logs, alerts, a budget, retention, tags.</summary>
internal static class OperationRules
{
    private const string Diagnostics = "Microsoft.Insights/diagnosticSettings";
    private const string Alert = "Microsoft.Insights/scheduledQueryRules";
    private const string Budget = "Microsoft.Consumption/budgets";

    private static readonly string[] Alerts =
        ["server-errors", "spoken-fallbacks", "slow-first-token", "rate-limited", "deployment-out", "no-turns", "vault-failures", "logs-capped"];

    public static readonly Rule[] All =
    [
        new("Vault and models write their audit log",
            s => s.OfType("Microsoft.KeyVault/vaults").Concat(s.OfType("Microsoft.CognitiveServices/accounts"))
                .Where(r => !s.OfType(Diagnostics).Any(d => d.Text("id").StartsWith(r.Text("id") + "/", StringComparison.Ordinal)
                    && d.Text("properties/workspaceId") == s.Single("Microsoft.OperationalInsights/workspaces").Text("id")
                    && d.Text("properties/logs/0/categoryGroup") == "audit" && d.Text("properties/logs/0/enabled") == "true"))
                .Select(r => r.Text("id")),
            s => s.Remove(s.OfType(Diagnostics).First()),
            s => s.OfType(Diagnostics).Last(d => d.Text("properties/logs/0/categoryGroup") == "audit").At("properties/logs/0")!["enabled"] = false),

        new("The cache tells of its load, its database of who connects",
            s => s.OfType("Microsoft.Cache/redisEnterprise").Where(c => !IsWatched(s, c, "metrics/0/category", "AllMetrics"))
                .Concat(s.OfType("Microsoft.Cache/redisEnterprise/databases").Where(d => !IsWatched(s, d, "logs/0/categoryGroup", "allLogs"))).Select(r => r.Text("id")),
            s => s.Remove(s.OfType(Diagnostics).Single(d => d.At("properties/logs") is null)),
            s => s.OfType(Diagnostics).Single(d => d.Text("properties/logs/0/categoryGroup") == "allLogs").Drop("properties/workspaceId")),

        new("Every alert is there, over the workspace, and asks often enough to see its window whole",
            s => Alerts.Where(name => s.OfType(Alert).Count(a => a.Text("properties/displayName") == name) != 1)
                .Concat(s.OfType(Alert).Where(a =>
                    a.Text("properties/scopes/0") != s.Single("Microsoft.OperationalInsights/workspaces").Text("id")
                    || a.Text("properties/skipQueryValidation") != "true"
                    || a.Text("properties/criteria/allOf/0/query").Length == 0
                    || Minutes(a.Text("properties/evaluationFrequency")) > Minutes(a.Text("properties/windowSize"))).Select(a => a.Text("name"))),
            s => s.Remove(s.OfType(Alert).First()),
            s => s.OfType(Alert).Last()["properties"]!["evaluationFrequency"] = "PT6H",
            s => s.OfType(Alert).Last()["properties"]!["scopes"]![0] = "/subscriptions/elsewhere"),

        new("Spoken fallbacks are judged over five minutes, at one in a hundred, by what was spoken",
            s => s.OfType(Alert).Where(a => a.Text("properties/displayName") == "spoken-fallbacks")
                .Where(a => a.Text("properties/windowSize") != "PT5M" || !Asks(a, "countif(Spoken == \"Fallback\")") || !Asks(a, "Fallbacks > 0.01 * Total"))
                .Select(a => a.Text("name")),
            s => Named(s, "spoken-fallbacks")["properties"]!["windowSize"] = "PT1H",
            s => Ask(Named(s, "spoken-fallbacks"), "Spoken ==", "Outcome =="),
            s => Ask(Named(s, "spoken-fallbacks"), "0.01", "0.1")),

        new("What befalls a deployment is read from its attempts, not from the turns that others have answered",
            s => s.OfType(Alert).Where(a => a.Text("properties/displayName") is "rate-limited" or "deployment-out")
                .Where(a => !Asks(a, "(attempts | ")).Select(a => a.Text("name")),
            s => Ask(Named(s, "rate-limited"), "(attempts | ", "(turns | "),
            s => Ask(Named(s, "deployment-out"), "(attempts | ", "(turns | ")),

        new("A deployment that is out is seen: its instances ask it once a minute, and five failures are waited for",
            s => s.OfType(Alert).Where(a => a.Text("properties/displayName") == "deployment-out")
                .Where(a => Minutes(a.Text("properties/windowSize")) < 10 || !Asks(a, "Failed >= 5 and Answered == 0")).Select(a => a.Text("name")),
            s => Named(s, "deployment-out")["properties"]!["windowSize"] = "PT5M",
            s => Ask(Named(s, "deployment-out"), "Failed >= 5", "Failed >= 50")),

        new("Alerts and budget reach somebody",
            s =>
            {
                var group = s.Single("Microsoft.Insights/actionGroups");
                var id = group.Text("id");
                return s.OfType(Alert).Where(a => a.Text("properties/actions/actionGroups/0") != id).Select(a => a.Text("name"))
                    .Concat(s.OfType(Budget).Where(b => b.Text("properties/notifications/spent80Percent/contactGroups/0") != id
                        || b.Text("properties/notifications/forecast100Percent/contactGroups/0") != id).Select(b => b.Text("name")))
                    .Concat(group.At("properties/emailReceivers/0") is null && group.At("properties/armRoleReceivers/0") is null ? [id] : []);
            },
            s => s.Single("Microsoft.Insights/actionGroups").Drop("properties/armRoleReceivers"),
            s => s.Add("""{"type":"Microsoft.Consumption/budgets","name":"b","properties":{"notifications":{"spent80Percent":{"contactEmails":[]}}}}"""),
            s => s.OfType(Alert).First().Drop("properties/actions")),

        new("A budget warns before it is spent, and asks for no month that has passed",
            s => s.OfType(Budget).Where(b => b.Text("properties/timeGrain") != "Monthly" || b.At("properties/amount")!.GetValue<int>() < 1
                || b.Text("properties/notifications/spent80Percent/enabled") != "true" || b.Text("properties/notifications/forecast100Percent/enabled") != "true"
                || !b.Text("properties/timePeriod/startDate").EndsWith("-01T00:00:00Z", StringComparison.Ordinal)).Select(b => b.Text("name")),
            s => s.Add("""{"type":"Microsoft.Consumption/budgets","name":"b","properties":{"timeGrain":"Monthly","amount":0}}""")),

        new("Transcripts have a container, a table, and an end",
            s => new[]
                {
                    s.OfType("Microsoft.Storage/storageAccounts/blobServices/containers").Any(c => c.Text("name").EndsWith("/transcripts", StringComparison.Ordinal)),
                    s.OfType("Microsoft.Storage/storageAccounts/tableServices/tables").Any(t => t.Text("name").EndsWith("/transcripts", StringComparison.Ordinal)),
                    s.OfType("Microsoft.Storage/storageAccounts/managementPolicies").Any(p =>
                        p.Text("properties/policy/rules/0/definition/filters/prefixMatch/0") == "transcripts/"
                        && p.At("properties/policy/rules/0/definition/actions/baseBlob/delete/daysAfterModificationGreaterThan")?.GetValue<int>() == 30),
                }.Where(there => !there).Select(_ => "transcripts"),
            s => s.Remove(s.OfType("Microsoft.Storage/storageAccounts/tableServices/tables").Single()),
            s => s.OfType("Microsoft.Storage/storageAccounts/managementPolicies").Single().At("properties/policy/rules/0/definition/filters/prefixMatch")![0] = "app-package/"),

        new("Everything that takes tags names its environment",
            s => s.Resources.Where(r => r["location"] is not null && r.Text("tags/azd-env-name").Length == 0).Select(r => r.Text("id")),
            s => s.Single("Microsoft.KeyVault/vaults").Drop("tags")),

        new("Deployments name a version",
            s => s.OfType("Microsoft.CognitiveServices/accounts/deployments").Where(d =>
                d.Text("properties/model/version").Length == 0 || d.Text("properties/model/format") != "OpenAI" || d.At("sku/capacity")!.GetValue<int>() < 1)
                .Select(d => d.Text("name")),
            s => s.OfType("Microsoft.CognitiveServices/accounts/deployments").First().Drop("properties/model/version")),
    ];

    private static bool IsWatched(Snapshot snapshot, JsonObject resource, string path, string value) =>
        snapshot.OfType(Diagnostics).Any(d => d.Text("id").StartsWith(resource.Text("id") + "/providers/", StringComparison.Ordinal)
            && d.Text("properties/workspaceId") == snapshot.Single("Microsoft.OperationalInsights/workspaces").Text("id")
            && d.Text("properties/" + path) == value);

    private static JsonObject Named(Snapshot snapshot, string alert) => snapshot.OfType(Alert).Single(a => a.Text("properties/displayName") == alert);

    private static bool Asks(JsonObject alert, string text) => alert.Text("properties/criteria/allOf/0/query").Contains(text, StringComparison.Ordinal);

    private static void Ask(JsonObject alert, string text, string instead) =>
        alert.At("properties/criteria/allOf/0")!["query"] = alert.Text("properties/criteria/allOf/0/query").Replace(text, instead, StringComparison.Ordinal);

    private static double Minutes(string duration) => System.Xml.XmlConvert.ToTimeSpan(duration).TotalMinutes;
}
