using Gateway;
using Gateway.Options;
using Infra.Tests.Rules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Infra.Tests.Settings;

/// <summary>The gateway's own options and their validation, given what the compiled template gives the app.</summary>
public sealed class BindingTests
{
    // Read by the Functions host, its telemetry and the credential, not bound to options.
    private static readonly string[] HostSettings =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "APPLICATIONINSIGHTS_CONNECTION_STRING", "AZURE_CLIENT_ID", "AzureWebJobsDisableHomepage",
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential",
    ];

    public static TheoryData<string> Snapshots => ["minimal", "two-region", "private-network"];

    [Theory]
    [MemberData(nameof(Snapshots))]
    public void Settings_OfTheTemplate_PassTheValidation(string snapshot)
    {
        var settings = AppSettings.Of(snapshot);

        var options = Validate(settings);

        Assert.Equal(settings.Count(s => s.Key.EndsWith("__Name", StringComparison.Ordinal)), options.Deployments.Count);
        Assert.All(options.Deployments.Index(), d =>
        {
            Assert.Equal(settings[$"Deployments__{d.Index}__Name"], d.Item.Name);
            Assert.Equal(new Uri(settings[$"Deployments__{d.Index}__Endpoint"]), d.Item.Endpoint);
            Assert.Equal(settings[$"Deployments__{d.Index}__Model"], d.Item.Model);
            Assert.Equal(settings.GetValueOrDefault($"Deployments__{d.Index}__Deployment"), d.Item.Deployment);
        });
        Assert.Equal(new Uri(settings["KeyVault__Uri"]), options.KeyVault.Uri);
        Assert.Equal(new Uri(settings["Storage__Uri"]), options.Storage.Uri);
        Assert.False(options.Webhooks.Enabled);
    }

    [Theory]
    [MemberData(nameof(Snapshots))]
    public void Retention_InTheTable_IsThatOfTheBlobs(string snapshot)
    {
        var rule = Assert.Single(Snapshot.Load(snapshot).OfType("Microsoft.Storage/storageAccounts/managementPolicies"));

        Assert.Equal(
            TimeSpan.FromDays(rule.At("properties/policy/rules/0/definition/actions/baseBlob/delete/daysAfterModificationGreaterThan")!.GetValue<int>()),
            Validate(AppSettings.Of(snapshot)).Storage.Retention);
    }

    [Fact]
    public void Webhook_SwitchedOnInTheTemplatesDeployment_NeedsNothingElse()
    {
        var settings = AppSettings.Of("minimal");
        settings["Webhooks__Enabled"] = settings["Webhooks__KeepTranscripts"] = settings["Webhooks__KeepAudio"] = "true";

        Assert.True(Validate(settings).Storage.IsConfigured);
    }

    [Theory]
    [MemberData(nameof(Snapshots))]
    public void Settings_OfTheTemplate_AreAllBound(string snapshot)
    {
        var settings = AppSettings.Of(snapshot).Where(s => !HostSettings.Contains(s.Key)).ToList();

        Assert.Null(Record.Exception(() => BindStrictly(settings)));
        Assert.ThrowsAny<InvalidOperationException>(() => BindStrictly(settings.Append(new("Deployments__0__Region", "westeurope"))));
        Assert.ThrowsAny<InvalidOperationException>(() => BindStrictly(settings.Append(new("AzureOpenAI__Endpoint", "https://planted.example"))));
    }

    [Theory]
    [InlineData("Deployments__0__Name")]
    [InlineData("Deployments__0__Endpoint")]
    [InlineData("Deployments__1__Endpoint")]
    [InlineData("KeyVault__Uri")]
    public void Setting_ThatIsRequired_IsMissedByItsName(string setting)
    {
        var settings = AppSettings.Of("minimal");
        Assert.True(settings.Remove(setting));

        var failure = Assert.Throws<OptionsValidationException>(() => Validate(settings));

        Assert.Contains(failure.Failures, f => f.StartsWith(setting, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_OfTheHost_AreNoneOfTheOptions() =>
        Assert.All(HostSettings, setting => Assert.Null(typeof(GatewayOptions).GetProperty(setting.Split("__")[0])));

    private static GatewayOptions Validate(Dictionary<string, string> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(Configured(settings));
        builder.Services.AddGateway(builder.Configuration);
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
    }

    private static void BindStrictly(IEnumerable<KeyValuePair<string, string>> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(Configured(settings)).Build()
            .Bind(new GatewayOptions(), options => options.ErrorOnUnknownConfiguration = true);

    // As environment variables are read: two underscores divide levels.
    private static IEnumerable<KeyValuePair<string, string?>> Configured(IEnumerable<KeyValuePair<string, string>> settings) =>
        settings.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), (string?)s.Value));
}
