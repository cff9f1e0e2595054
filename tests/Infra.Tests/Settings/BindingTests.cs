using Gateway.Options;
using Infra.Tests.Rules;
using Microsoft.Extensions.Options;

namespace Infra.Tests.Settings;

/// <summary>The gateway's own options and their validation, given what the compiled template gives the app.</summary>
public sealed class BindingTests
{
    public static TheoryData<string> Snapshots => ["minimal", "two-region", "private-network"];

    [Theory]
    [MemberData(nameof(Snapshots))]
    public void Settings_OfTheTemplate_PassTheValidation(string snapshot)
    {
        var settings = AppSettings.Of(snapshot);

        var options = Binding.Validate(settings);

        Assert.Equal(settings.Count(s => s.Key.StartsWith("Deployments__", StringComparison.Ordinal) && s.Key.EndsWith("__Name", StringComparison.Ordinal)), options.Deployments.Count);
        Assert.All(options.Deployments.Index(), d =>
        {
            Assert.Equal(settings[$"Deployments__{d.Index}__Name"], d.Item.Name);
            Assert.Equal(new Uri(settings[$"Deployments__{d.Index}__Endpoint"]), d.Item.Endpoint);
            Assert.Equal(settings[$"Deployments__{d.Index}__Model"], d.Item.Model);
            Assert.Equal(settings.GetValueOrDefault($"Deployments__{d.Index}__Deployment"), d.Item.Deployment);
        });
        Assert.Equal(new Uri(settings["KeyVault__Uri"]), options.KeyVault.Uri);
        Assert.Equal(new Uri(settings["Storage__Uri"]), options.Storage.Uri);
    }

    [Theory]
    [MemberData(nameof(Snapshots))]
    public void Retention_InTheTable_IsThatOfTheBlobs(string snapshot)
    {
        var rule = Assert.Single(Snapshot.Load(snapshot).OfType("Microsoft.Storage/storageAccounts/managementPolicies"));

        Assert.Equal(
            TimeSpan.FromDays(rule.At("properties/policy/rules/0/definition/actions/baseBlob/delete/daysAfterModificationGreaterThan")!.GetValue<int>()),
            Binding.Validate(AppSettings.Of(snapshot)).Storage.Retention);
    }

    [Theory]
    [InlineData("minimal", false)]
    [InlineData("two-region", true)]
    public void Webhook_OfADeployment_IsOnWhereTheOperatorSaysSo(string snapshot, bool isOn) =>
        Assert.Equal(isOn, Binding.Validate(AppSettings.Of(snapshot)).Webhooks.Enabled);

    [Fact]
    public void Setting_OfTheOperator_WinsOverThatOfTheTemplate()
    {
        var options = Binding.Validate(AppSettings.Of("two-region"));

        Assert.Equal(new Uri("https://calls.blob.core.windows.net/"), options.Storage.Uri);
        Assert.Equal("elevenlabs", Assert.Single(options.Callers).Name);
    }

    [Fact]
    public void Webhook_SwitchedOnInTheTemplatesDeployment_NeedsNothingElse()
    {
        var settings = AppSettings.Of("minimal");
        settings["Webhooks__Enabled"] = settings["Webhooks__KeepTranscripts"] = settings["Webhooks__KeepAudio"] = "true";

        Assert.True(Binding.Validate(settings).Storage.IsConfigured);
    }

    [Theory]
    [MemberData(nameof(Snapshots))]
    public void Settings_OfTheTemplate_AreAllBound(string snapshot)
    {
        var settings = AppSettings.Of(snapshot).Where(s => !Binding.HostSettings.Contains(s.Key)).ToList();

        Assert.Null(Record.Exception(() => Binding.BindStrictly(settings)));
        Assert.ThrowsAny<InvalidOperationException>(() => Binding.BindStrictly(settings.Append(new("Deployments__0__Region", "westeurope"))));
        Assert.ThrowsAny<InvalidOperationException>(() => Binding.BindStrictly(settings.Append(new("AzureOpenAI__Endpoint", "https://planted.example"))));
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

        var failure = Assert.Throws<OptionsValidationException>(() => Binding.Validate(settings));

        Assert.Contains(failure.Failures, f => f.StartsWith(setting, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_OfTheHost_AreNoneOfTheOptions() =>
        Assert.All(Binding.HostSettings, setting => Assert.Null(typeof(GatewayOptions).GetProperty(setting.Split("__")[0])));
}
