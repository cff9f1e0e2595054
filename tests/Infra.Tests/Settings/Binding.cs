using System.Globalization;
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
        var own = settings.Where(s => !HostSettings.Contains(s.Key) && !OfOthers.Any(prefix => s.Key.StartsWith(prefix, StringComparison.Ordinal))).ToList();
        List<string> wrong = [.. own.Select(Flaw).OfType<string>(), .. Gaps(own.Select(s => s.Key))];
        return wrong.Count > 0 ? wrong : Refusals(settings);
    }

    public static GatewayOptions Validate(Dictionary<string, string> settings)
    {
        using var host = Build(settings);
        return host.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
    }

    public static void BindStrictly(IEnumerable<KeyValuePair<string, string>> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(Configured(settings)).Build()
            .Bind(new GatewayOptions(), options => options.ErrorOnUnknownConfiguration = true);

    // One at a time: of all together, only the last level of the first that is wrong would be named.
    private static string? Flaw(KeyValuePair<string, string> setting)
    {
        if (!Name().IsMatch(setting.Key)) return $"{setting.Key} has a name that is not of letters, digits and '_' alone.";
        try
        {
            using var host = Build([setting]);
            // As the app binds it, and no validation: of one setting alone, that would miss all others.
            foreach (var binding in host.Services.GetServices<IConfigureOptions<GatewayOptions>>()) binding.Configure(new GatewayOptions());
            BindStrictly([setting]);
            return null;
        }
        catch (OptionsValidationException e)
        {
            return e.Failures.Single();
        }
        catch (InvalidOperationException)
        {
            return $"{setting.Key} is no setting of the gateway{(Names.Near(setting.Key) is { } near ? $": did you mean {near}?" : ".")}";
        }
    }

    // The binder counts what is there: of 0, 1 and 3 it makes 0, 1 and 2, and the gateway would speak of a number that nobody wrote.
    private static IEnumerable<string> Gaps(IEnumerable<string> names) =>
        names.SelectMany(name => Names.Number().Matches(name).Select(number => (List: name[..(number.Index - "__".Length)], number.Value)))
            .GroupBy(entry => entry.List, entry => entry.Value, StringComparer.OrdinalIgnoreCase)
            .Select(list => Gap(list.Key, [.. list.Distinct()])).OfType<string>();

    private static string? Gap(string list, List<string> numbers)
    {
        var counted = numbers.Select((_, i) => i.ToString(CultureInfo.InvariantCulture)).ToList();
        return counted.Except(numbers).FirstOrDefault() is { } missing
            ? $"{list}__{numbers.Except(counted).First()}: there is no {list}__{missing}; a list is numbered from 0 on, without a gap."
            : null;
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

    private static IHost Build(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(Configured(settings));
        builder.Services.AddGateway(builder.Configuration);
        return builder.Build();
    }

    // As environment variables are read: two underscores divide levels.
    private static IEnumerable<KeyValuePair<string, string?>> Configured(IEnumerable<KeyValuePair<string, string>> settings) =>
        settings.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), (string?)s.Value));

    // A colon would divide levels in a test, and is no part of a name on Linux.
    [GeneratedRegex("^[A-Za-z0-9_]+$")]
    private static partial Regex Name();
}
