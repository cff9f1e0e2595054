using System.Text.RegularExpressions;
using Gateway;
using Gateway.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Infra.Tests.Settings;

/// <summary>The gateway's own options and their validation, given settings as the app has them.</summary>
internal static partial class Binding
{
    /// <summary>Read by the Functions host, its telemetry and the credential, not bound to options.</summary>
    public static readonly string[] HostSettings =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "APPLICATIONINSIGHTS_CONNECTION_STRING", "AZURE_CLIENT_ID", "AzureWebJobsDisableHomepage",
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential",
    ];

    // What an operator may say to the host, the runtime and the platform.
    private static readonly string[] OfOthers = ["AzureFunctionsJobHost__", "DOTNET_", "Logging__", "WEBSITE_"];

    /// <summary>What the gateway would not understand of the app's settings, or not start with, each by its name.</summary>
    public static IEnumerable<string> Violations(Dictionary<string, string> settings)
    {
        List<string> wrong = [.. settings.Where(s => !HostSettings.Contains(s.Key) && !OfOthers.Any(prefix => s.Key.StartsWith(prefix, StringComparison.Ordinal))).Select(Flaw).OfType<string>()];
        return wrong.Count > 0 ? wrong : Refusals(settings);
    }

    public static GatewayOptions Validate(Dictionary<string, string> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(Configured(settings));
        builder.Services.AddGateway(builder.Configuration);
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
    }

    public static void BindStrictly(IEnumerable<KeyValuePair<string, string>> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(Configured(settings)).Build()
            .Bind(new GatewayOptions(), options => options.ErrorOnUnknownConfiguration = true);

    // One at a time: of all together, only the last level of the first that is wrong would be named.
    private static string? Flaw(KeyValuePair<string, string> setting)
    {
        if (!Name().IsMatch(setting.Key)) return $"{setting.Key}: a name is of letters, digits and '_' alone.";
        try
        {
            BindStrictly([setting]);
            return null;
        }
        catch (InvalidOperationException e)
        {
            return $"{setting.Key} is no setting of the gateway, or has a value of another kind: {e.Message}";
        }
    }

    private static IEnumerable<string> Refusals(Dictionary<string, string> settings)
    {
        try
        {
            Validate(settings);
            return [];
        }
        catch (OptionsValidationException e)
        {
            return e.Failures;
        }
    }

    // As environment variables are read: two underscores divide levels.
    private static IEnumerable<KeyValuePair<string, string?>> Configured(IEnumerable<KeyValuePair<string, string>> settings) =>
        settings.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), (string?)s.Value));

    // A colon would divide levels in a test, and is no part of a name on Linux.
    [GeneratedRegex("^[A-Za-z0-9_]+$")]
    private static partial Regex Name();
}
