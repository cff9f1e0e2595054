using Microsoft.Extensions.Options;

namespace Gateway.Tests.Options;

public sealed class GatewayOptionsValidatorTests
{
    [Theory]
    [InlineData("Deployments:0:Name", "", "Deployments__0__Name is required")]
    [InlineData("Deployments:0:Endpoint", "not an address", "Deployments__0__Endpoint must be an absolute https address")]
    [InlineData("Deployments:0:Endpoint", "ftp://x.openai.azure.com", "Deployments__0__Endpoint must be an absolute https address")]
    [InlineData("Deployments:0:Endpoint", "http://x.openai.azure.com", "Deployments__0__Endpoint must be https")]
    [InlineData("Deployments:0:Endpoint", "https://x.openai.azure.com/openai/v1", "Deployments__0__Endpoint must end with the host's name")]
    [InlineData("Deployments:0:Endpoint", "https://x.openai.azure.com/?x=1", "Deployments__0__Endpoint must end with the host's name")]
    [InlineData("Callers:0:Profile", "bogus", "Callers__0__Profile has a value of the wrong kind")]
    [InlineData("Callers:0:StallTimeout", "4s", "Callers__0__StallTimeout has a value of the wrong kind")]
    [InlineData("Deployments:0:HttpVersion", "3.0", "Deployments__0__HttpVersion must be 1.1 or 2.0")]
    [InlineData("Deployments:0:Audience", " ", "Deployments__0__Audience must not be blank")]
    [InlineData("Deployments:1:Name", "CHAT", "Deployments__1__Name is that of another deployment")]
    [InlineData("Models:0:Deployment", "nothing", "Models__0__Name is required")]
    [InlineData("Models:0:Name", "m", "Models__0__Deployment must be the name of a deployment")]
    [InlineData("Callers:0:Name", "two words", "Callers__0__Name is required, of letters")]
    [InlineData("Callers:1:Name", "VOICE", "Callers__1__Name is that of another caller")]
    [InlineData("Callers:0:Models:0", "nothing", "Callers__0__Models__0 must be the name of a model")]
    [InlineData("Callers:0:DefaultModel", "nothing", "Callers__0__DefaultModel must be the name of a model")]
    [InlineData("Callers:0:StallTimeout", "00:00:00", "Callers__0__StallTimeout must be above zero")]
    [InlineData("Callers:1:TurnTimeout", "00:05:00", "Callers__1__TurnTimeout must be above zero and at most 220 seconds")]
    [InlineData("Callers:0:FirstTokenTimeout", "-00:00:01", "Callers__0__FirstTokenTimeout must be above zero")]
    [InlineData("KeyVault:Uri", "http://v.vault.azure.net", "KeyVault__Uri must be an absolute https address")]
    [InlineData("KeyVault:RefreshInterval", "00:00:00", "KeyVault__RefreshInterval must be above zero")]
    [InlineData("KeyVault:LoadTimeout", "00:00:00", "KeyVault__LoadTimeout must be above zero")]
    [InlineData("MaxRequestBytes", "10", "MaxRequestBytes must be from 1,024 to 67,108,864")]
    [InlineData("EndUserKeySecret", "", "EndUserKeySecret must not be blank")]
    [InlineData("Secrets:7:Value", "v", "Secrets__4__Name is required")]
    [InlineData("Webhooks:Secret", " ", "Webhooks__Secret must not be blank")]
    [InlineData("Storage:Uri", "http://x.blob.core.windows.net", "Storage__Uri must be an absolute https address")]
    [InlineData("Storage:Uri", "https://x.blob.core.windows.net/container", "Storage__Uri must be an absolute https address that ends with the host's name")]
    [InlineData("Storage:Container", "", "Storage__Container must not be blank")]
    [InlineData("Storage:Table", "", "Storage__Table must not be blank")]
    [InlineData("Storage:Retention", "00:00:00", "Storage__Retention must be above zero")]
    public async Task Start_WrongSetting_FailsAndNamesIt(string setting, string value, string expected)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(new() { [setting] = value }));

        Assert.Contains(failure.Failures, line => line.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Webhooks:KeepAudio", "true", "Webhooks:Enabled", "true", "Storage__Uri is required")]
    [InlineData("Storage:Folder", "calls", "Storage:Uri", "https://x.blob.core.windows.net", "Storage__Uri, Storage__ConnectionString and Storage__Folder exclude each other")]
    [InlineData("Storage:Folder", "calls", "Storage:Queue", "calls", "Storage__Queue needs a storage account")]
    public async Task Start_SettingsThatDoNotFit_FailsAndNamesThem(string setting, string value, string other, string otherValue, string expected)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(new() { [setting] = value, [other] = otherValue }));

        Assert.Contains(failure.Failures, line => line.StartsWith(expected, StringComparison.Ordinal));
    }
}
