using Microsoft.Extensions.Options;

namespace Gateway.Tests.CallStart;

public sealed class CallStartRulesTests
{
    [Theory]
    [InlineData("FirstMessage", "Hello <<memory.preferred_name", "FirstMessage has a << without a >>.")]
    [InlineData("FirstMessage", "Hello <<memory.preferred_name|<<called_number>>>>", "FirstMessage has a << without a >>.")]
    [InlineData("Prompt", "<<nobody>>", "Prompt has <<nobody>>, which is none of agent_id, called_number,")]
    [InlineData("Prompt", "<<caller_id>>", "Prompt has <<caller_id>>: the caller's number is in no answer.")]
    [InlineData("Prompt", "<<memory.iban>>", "Prompt has <<memory.iban>>, which a number alone does not recall")]
    [InlineData("FirstMessage", "<<end_user>>", "FirstMessage has <<end_user>>, which is for ExtraBody")]
    [InlineData("DynamicVariables:1:Value", "<<end_user>>", "DynamicVariables__1__Value has <<end_user>>, which is for ExtraBody")]
    [InlineData("DynamicVariables:1:Name", "two words", "DynamicVariables__1__Name must be of letters, digits and '_' alone, and not empty.")]
    [InlineData("DynamicVariables:1:Name", "", "DynamicVariables__1__Name must be of letters, digits and '_' alone, and not empty.")]
    [InlineData("DynamicVariables:1:Name", "system__time", "DynamicVariables__1__Name must not begin with system__")]
    [InlineData("DynamicVariables:1:Name", "secret__end_user", "DynamicVariables__1__Name must not be secret__end_user")]
    [InlineData("DynamicVariables:1:Name", "customer", "DynamicVariables__1__Name is there already")]
    [InlineData("ExtraBody", "[]", "ExtraBody must be a JSON object")]
    [InlineData("ExtraBody", "{\"a\":<<call_sid|1>>}", "ExtraBody must be a JSON object, in which places stand inside of strings.")]
    [InlineData("Language", "German", "Language must be a language's code")]
    [InlineData("RecallBudget", "00:00:00.401", "RecallBudget must be above zero and at most 400 ms")]
    [InlineData("RecallBudget", "1", "RecallBudget must be above zero and at most 400 ms, such as 00:00:00.150: a bare 1 is a day.")]
    [InlineData("RecallBudget", "00:00:00", "RecallBudget must be above zero")]
    public async Task Start_WrongSetting_FailsAndNamesIt(string setting, string value, string expected)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => CallStartHost.StartAsync(new() { [$"Callers:0:CallStart:{setting}"] = value }));

        Assert.Contains(failure.Failures, line => line.StartsWith($"Callers__0__CallStart__{expected}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_MoreThanElevenLabsTakes_FailsAndNamesIt()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => CallStartHost.StartAsync(new() { ["Callers:0:CallStart:Prompt"] = new string('x', 250_000) }));

        Assert.Contains(failure.Failures, line => line.StartsWith("Callers__0__CallStart__DynamicVariables, the overrides and ExtraBody come to", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_SecretVariable_MayCarryTheIdentity()
    {
        await using var host = await CallStartHost.StartAsync(new() { ["Callers:0:CallStart:DynamicVariables:1:Name"] = "secret__who", ["Callers:0:CallStart:DynamicVariables:1:Value"] = "<<end_user>>" });

        var answer = await host.StartCallAsync();

        Assert.Equal(answer.Variable("secret__end_user"), answer.Variable("secret__who"));
    }
}
