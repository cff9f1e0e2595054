using Gateway.Storage;
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
    [InlineData("Callers:0:Profile", "bogus", "Callers__0__Profile has a value of the wrong kind: it must be one of Voice, Api.")]
    [InlineData("Callers:0:StallTimeout", "4s", "Callers__0__StallTimeout has a value of the wrong kind: it must be a time such as 00:00:12, or 30.00:00:00 for days.")]
    [InlineData("Deployments:0:HttpVersion", "3.0", "Deployments__0__HttpVersion must be 1.1 or 2.0")]
    [InlineData("Deployments:0:Audience", " ", "Deployments__0__Audience must not be blank")]
    [InlineData("Deployments:0:PromptCacheShards", "0", "Deployments__0__PromptCacheShards must be from 1 to 1,000")]
    [InlineData("Deployments:0:PromptCacheShards", "1001", "Deployments__0__PromptCacheShards must be from 1 to 1,000")]
    [InlineData("Deployments:0:Kind", "robot", "Deployments__0__Kind has a value of the wrong kind")]
    [InlineData("Deployments:0:Idempotent", "true", "Deployments__0__Idempotent is for agents")]
    [InlineData("Callers:0:MaxCompletionTokens", "0", "Callers__0__MaxCompletionTokens must be above zero")]
    [InlineData("Deployments:1:Name", "CHAT", "Deployments__1__Name is that of another deployment")]
    [InlineData("Models:0:Deployments:0:Name", "chat", "Models__0__Name is required")]
    [InlineData("Models:0:Name", "m", "Models__0__Deployments__0__Name is required: the deployment that answers.")]
    [InlineData("Models:0:Deployment", "chat", "Models__0__Deployments__0__Name is required: the deployment that answers.")]
    [InlineData("Models:0:Deployments:0:Name", "nothing", "Models__0__Deployments__0__Name must be the name of a deployment")]
    [InlineData("Models:0:Deployments:0:Priority", "-1", "Models__0__Deployments__0__Priority must be 0 or above")]
    [InlineData("Models:0:Deployments:0:Priority", "first", "Models__0__Deployments__0__Priority has a value of the wrong kind: it must be a whole number.")]
    [InlineData("Models:0:Deployments:0:Weight", "0", "Models__0__Deployments__0__Weight must be 1 or above")]
    [InlineData("Callers:0:Name", "two words", "Callers__0__Name must be of letters, digits and '-' alone, and not empty.")]
    [InlineData("Callers:0:Name", "", "Callers__0__Name must be of letters, digits and '-' alone, and not empty.")]
    [InlineData("Callers:1:Name", "VOICE", "Callers__1__Name is that of another caller")]
    [InlineData("Callers:0:Models:0", "nothing", "Callers__0__Models__0 must be the name of a model")]
    [InlineData("Callers:0:DefaultModel", "nothing", "Callers__0__DefaultModel must be the name of a model")]
    [InlineData("Callers:0:StallTimeout", "00:00:00", "Callers__0__StallTimeout must be above zero")]
    [InlineData("Callers:1:TurnTimeout", "00:05:00", "Callers__1__TurnTimeout must be above zero and at most 220 seconds, such as 00:00:12: a bare 12 is days.")]
    [InlineData("Callers:0:AnswerTimeout", "12", "Callers__0__AnswerTimeout must be above zero and at most 220 seconds, such as 00:00:12: a bare 12 is days.")]
    [InlineData("Callers:0:FirstOutputTimeout", "-00:00:01", "Callers__0__FirstOutputTimeout must be above zero")]
    [InlineData("Callers:0:BufferWordsDelay", "00:00:00", "Callers__0__BufferWordsDelay must be above zero")]
    [InlineData("Callers:0:Language", "german", "Callers__0__Language must be the code of a language with phrases")]
    [InlineData("Callers:0:Language", "sv", "Callers__0__Language must be the code of a language with phrases")]
    [InlineData("Callers:0:WayOut:TransferArguments", "+15550100", "Callers__0__WayOut__TransferArguments must be a JSON object")]
    [InlineData("Callers:0:WayOut:TransferArguments", "[]", "Callers__0__WayOut__TransferArguments must be a JSON object")]
    [InlineData("Callers:0:WayOut:TransferArguments", "{\"transfer_number\":", "Callers__0__WayOut__TransferArguments must be a JSON object")]
    [InlineData("Phrases:0:Closing", "An answer that broke off.", "Phrases__0__Language must be a language's code")]
    [InlineData("Phrases:0:Language", "sv", "Phrases__0__BufferWords__0 is required for a language that is not shipped")]
    [InlineData("Phrases:0:Language", "sv", "Phrases__0__FallbackAfterTool is required for a language that is not shipped")]
    [InlineData("KeyVault:Uri", "http://v.vault.azure.net", "KeyVault__Uri must be an absolute https address")]
    [InlineData("KeyVault:RefreshInterval", "00:00:00", "KeyVault__RefreshInterval must be above zero")]
    [InlineData("KeyVault:LoadTimeout", "00:00:00", "KeyVault__LoadTimeout must be above zero")]
    [InlineData("HedgePercent", "-1", "HedgePercent must be from 0 to 100")]
    [InlineData("HedgePercent", "101", "HedgePercent must be from 0 to 100")]
    [InlineData("MaxRequestBytes", "10", "MaxRequestBytes must be from 1,024 to 67,108,864")]
    [InlineData("EndUserKeySecret", "", "EndUserKeySecret must not be blank")]
    [InlineData("EndUserSigningSecret", " ", "EndUserSigningSecret must not be blank")]
    [InlineData("Callers:0:Agents:0", " ", "Callers__0__Agents__0 must not be blank")]
    [InlineData("Callers:0:Memory:Provider", "Elephant", "Callers__0__Memory__Provider has a value of the wrong kind: it must be one of None, BuiltIn, Zep, Mem0.")]
    [InlineData("Callers:0:Memory:KeySecret", " ", "Callers__0__Memory__KeySecret must not be blank")]
    [InlineData("Callers:0:Memory:Endpoint", "api.getzep.com", "Callers__0__Memory__Endpoint must be an absolute https address")]
    [InlineData("Callers:0:Memory:Endpoint", "http://api.getzep.com", "Callers__0__Memory__Endpoint must be https")]
    [InlineData("Callers:0:Memory:Endpoint", "https://api.getzep.com/api/v2", "Callers__0__Memory__Endpoint must end with the host's name")]
    [InlineData("Secrets:7:Value", "v", "Secrets__4__Name is required")]
    [InlineData("Privacy:AdminKeySecret", " ", "Privacy__AdminKeySecret must not be blank")]
    [InlineData("Privacy:AdminKeySecret", "Caller-Voice", "Privacy__AdminKeySecret must not be a caller's secret")]
    [InlineData("Privacy:Enabled", "true", "Storage__Uri is required where Privacy__Enabled is true")]
    [InlineData("Webhooks:Secret", " ", "Webhooks__Secret must not be blank")]
    [InlineData("Storage:Uri", "http://x.blob.core.windows.net", "Storage__Uri must be an absolute https address")]
    [InlineData("Storage:Uri", "https://x.blob.core.windows.net/container", "Storage__Uri must be an absolute https address that ends with the host's name")]
    [InlineData("Webhooks:Enabled", "yes' to type 'x", "Webhooks__Enabled has a value of the wrong kind: it must be true or false.")]
    [InlineData("Storage:Folder", "", "Storage__Folder must not be blank")]
    [InlineData("Storage:Folder", " ", "Storage__Folder must not be blank")]
    [InlineData("Storage:Container", "", "Storage__Container must not be blank")]
    [InlineData("Storage:Table", "", "Storage__Table must not be blank")]
    [InlineData("Storage:Retention", "00:00:00", "Storage__Retention must be above zero")]
    [InlineData("Storage:Retention", "36501.00:00:00", "Storage__Retention must be above zero and at most 36500 days")]
    [InlineData("ElevenLabs:KeySecret", " ", "ElevenLabs__KeySecret must not be blank")]
    [InlineData("ElevenLabs:Endpoint", "http://api.elevenlabs.io", "ElevenLabs__Endpoint must be https")]
    [InlineData("ElevenLabs:Endpoint", "https://api.elevenlabs.io/v1", "ElevenLabs__Endpoint must be an absolute https address")]
    public async Task Start_WrongSetting_FailsAndNamesIt(string setting, string value, string expected)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(new() { [setting] = value }));

        Assert.Contains(failure.Failures, line => line.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("UseDevelopmentStorage=yes")]
    [InlineData("UseDevelopmentStorage=True")]
    [InlineData("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=nonsense")]
    [InlineData("UseDevelopmentStorage=true;AccountName=x")]
    [InlineData("AccountName=x")]
    [InlineData("AccountKey=abcd")]
    [InlineData("AccountName=x y;AccountKey=abcd")]
    [InlineData("AccountName=x;AccountKey=%%%")]
    [InlineData("AccountName=x;AccountKey=abcd;AccountKey=abcd")]
    [InlineData("AccountName=x; AccountKey=abcd")]
    [InlineData("AccountName=x;AccountKey=abcd;SharedAccessSignature=sv=1&sig=x")]
    [InlineData("AccountName=x;AccountKey=abcd;EndpointSufix=core.windows.net")]
    [InlineData("AccountName=x;AccountKey=abcd;EndpointSuffix=core windows net")]
    [InlineData("AccountName=x;AccountKey=abcd;DefaultEndpointsProtocol=ftp")]
    [InlineData("AccountName=x;AccountKey=abcd;BlobEndpoint=nonsense")]
    [InlineData("AccountName=x;AccountKey=abcd;TableEndpoint=/x")]
    [InlineData("BlobEndpoint=https://x.blob.core.windows.net;TableEndpoint=https://x.table.core.windows.net")]
    [InlineData("BlobEndpoint=https://x.blob.core.windows.net;SharedAccessSignature=sv=1&sig=x")]
    [InlineData("DefaultEndpointsProtocol=https;BlobEndpoint=https://x.blob.core.windows.net;TableEndpoint=https://x.table.core.windows.net;SharedAccessSignature=sv=1&sig=x")]
    [InlineData("BlobEndpoint=https://x.blob.core.windows.net;TableEndpoint=https://x.table.core.windows.net;SharedAccessSignature=sv=1&sig=x", "calls")]
    public async Task Start_ConnectionStringOfNoAccount_FailsWithoutItAsTheClientsWould(string connection, string? queue = null)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(new() { ["Storage:ConnectionString"] = connection, ["Storage:Queue"] = queue }));

        Assert.Equal(["Storage__ConnectionString is not that of a storage account with blobs, tables and, for Storage__Queue, queues."], failure.Failures);
        Assert.ThrowsAny<Exception>(() => Clients(connection, queue));
    }

    /// <summary>The clients would find it out with the first request.</summary>
    [Fact]
    public async Task Start_ConnectionStringWithAnEndpointThatIsNone_Fails()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(new() { ["Storage:ConnectionString"] = "AccountName=x;AccountKey=abcd;QueueEndpoint=ftp://x" }));

        Assert.StartsWith("Storage__ConnectionString is not that of a storage account", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true")]
    [InlineData("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://127.0.0.1")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=x;AccountKey=YWJjZA==;EndpointSuffix=core.windows.net")]
    [InlineData("accountname=x;accountkey=abcd;")]
    [InlineData("AccountName=devstoreaccount1;AccountKey=abcd;BlobEndpoint=http://127.0.0.1:10000/x;QueueEndpoint=http://127.0.0.1:10001/x;TableEndpoint=http://127.0.0.1:10002/x")]
    [InlineData("AccountName=x;SharedAccessSignature=sv=1&sig=x")]
    [InlineData("AccountName=x;AccountKey=abcd;BlobEndpoint=https://x.blob.core.windows.net", "calls")]
    [InlineData("BlobEndpoint=https://x.blob.core.windows.net;TableEndpoint=https://x.table.core.windows.net;SharedAccessSignature=sv=1&sig=x")]
    [InlineData("BlobEndpoint=https://x.blob.core.windows.net;QueueEndpoint=https://x.queue.core.windows.net;FileEndpoint=https://x.file.core.windows.net;TableEndpoint=https://x.table.core.windows.net;SharedAccessSignature=sv=1&sig=x", "calls")]
    [InlineData("AccountName=x;AccountKey=abcd;AccountKeyName=key1;BlobEndpoint=https://x.blob.core.windows.net;BlobSecondaryEndpoint=https://x-secondary.blob.core.windows.net", "calls")]
    [InlineData("AccountName=x;AccountKey=abcd;TableEndpoint=https://x.table.core.windows.net;TableSecondaryEndpoint=https://x-secondary.table.core.windows.net")]
    public async Task Start_ConnectionStringOfAnAccount_IsTakenAsByTheClients(string connection, string? queue = null)
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Storage:ConnectionString"] = connection, ["Storage:Queue"] = queue });

        Clients(connection, queue);
    }

    private static void Clients(string connection, string? queue) =>
        _ = AzureStorage.Create(new StorageOptions { ConnectionString = connection, Queue = queue }, static () => throw new InvalidOperationException(), new HttpClientHandler(), TimeProvider.System);

    [Theory]
    [InlineData("Webhooks:KeepAudio", "true", "Webhooks:Enabled", "true", "Storage__Uri is required")]
    [InlineData("Storage:Folder", "calls", "Storage:Uri", "https://x.blob.core.windows.net", "Storage__Uri, Storage__ConnectionString and Storage__Folder exclude each other")]
    [InlineData("Storage:Folder", "calls", "Storage:Queue", "calls", "Storage__Queue needs a storage account")]
    [InlineData("Callers:0:Memory:Provider", "BuiltIn", "Callers:1:Memory:Provider", "Zep", "Callers__1__Agents__0 is required where a caller has a memory and is not the only one")]
    [InlineData("Callers:0:Memory:Provider", "BuiltIn", "Callers:1:Agents:0", "agent_1", "Callers__0__Agents__0 is required where a caller has a memory and is not the only one")]
    [InlineData("Callers:0:Agents:0", "agent_1", "Callers:1:Agents:0", "agent_1", "Callers__1__Agents__0 is there already")]
    public async Task Start_SettingsThatDoNotFit_FailsAndNamesThem(string setting, string value, string other, string otherValue, string expected)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(new() { [setting] = value, [other] = otherValue }));

        Assert.Contains(failure.Failures, line => line.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Model", "gpt-5.4", "Deployments__0__Model is for deployments of Azure OpenAI, not for an agent.")]
    [InlineData("ApiVersion", "2024-10-21", "Deployments__0__ApiVersion is for deployments of Azure OpenAI, not for an agent.")]
    [InlineData("Audience", "https://a.example/.default", "Deployments__0__Audience is for deployments of Azure OpenAI, not for an agent.")]
    [InlineData("PromptCacheShards", "8", "Deployments__0__PromptCacheShards is for deployments of Azure OpenAI, not for an agent.")]
    [InlineData("KeySecret", " ", "Deployments__0__KeySecret must not be blank.")]
    [InlineData("Endpoint", "http://agent.example/v1", "Deployments__0__Endpoint must be https; plain http is for this machine only.")]
    [InlineData("Endpoint", "https://agent.example/v1?code=x", "Deployments__0__Endpoint must be without query, fragment and user: a key is a secret, whose name is KeySecret.")]
    [InlineData("Endpoint", "https://me:x@agent.example/v1", "Deployments__0__Endpoint must be without query, fragment and user: a key is a secret, whose name is KeySecret.")]
    [InlineData("Endpoint", "/v1", "Deployments__0__Endpoint must be an absolute https address.")]
    [InlineData("Endpoint", "https://agent.example", null)]
    [InlineData("Endpoint", "https://agent.example/v1/chat/completions", null)]
    [InlineData("Endpoint", "http://localhost:8000/v1", null)]
    [InlineData("Idempotent", "true", null)]
    public async Task Start_SettingOfAnAgent_FailsWhereItMakesNoSense(string setting, string value, string? expected) =>
        Assert.Equal(expected, await StartFailureAsync(new() { ["Deployments:0:Kind"] = "Agent", [$"Deployments:0:{setting}"] = value }));

    [Theory]
    [InlineData("chat", "Models__0__Deployments__1__Name is there already.")]
    [InlineData("CHAT", "Models__0__Deployments__1__Name is there already.")]
    [InlineData("", "Models__0__Deployments__1__Name must be the name of a deployment.")]
    public async Task Start_SecondDeploymentOfAModelIsWrong_FailsAndNamesIt(string second, string expected)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(new()
        {
            ["Models:0:Name"] = "m",
            ["Models:0:Deployments:0:Name"] = "chat",
            ["Models:0:Deployments:1:Name"] = second,
        }));

        Assert.Equal([expected], failure.Failures);
    }

    [Theory]
    [InlineData(64, null)]
    [InlineData(65, "Models__0__Deployments must be at most 64.")]
    public async Task Start_ManyDeploymentsOfAModel_FailsBeyondTheMost(int count, string? expected)
    {
        var settings = Deployments(count);
        settings["Models:0:Name"] = "m";
        for (var i = 0; i < count; i++) settings[$"Models:0:Deployments:{i}:Name"] = settings[$"Deployments:{i}:Name"];

        Assert.Equal(expected, await StartFailureAsync(settings));
    }

    [Theory]
    [InlineData(64, null)]
    [InlineData(65, "Models__0__Name is required: with more than 64 deployments it has to be said which of them answer for a model.")]
    public async Task Start_ManyDeploymentsAndNoModel_FailsBeyondTheMost(int count, string? expected) => Assert.Equal(expected, await StartFailureAsync(Deployments(count)));

    private static Dictionary<string, string?> Deployments(int count)
    {
        var settings = new Dictionary<string, string?>();
        for (var i = 0; i < count; i++)
        {
            settings[$"Deployments:{i}:Name"] = $"d{i}";
            settings[$"Deployments:{i}:Endpoint"] = "http://127.0.0.1:9";
            settings[$"Deployments:{i}:KeySecret"] = "upstream-key";
        }

        return settings;
    }

    private static async Task<string?> StartFailureAsync(Dictionary<string, string?> settings)
    {
        try
        {
            await using var host = await GatewayHost.StartAsync(settings);
            return null;
        }
        catch (OptionsValidationException e)
        {
            return Assert.Single(e.Failures);
        }
    }

    [Theory]
    [InlineData("BufferWords:0", "Moment", "without dots")]
    [InlineData("BufferWords:0", "Moment...", "without the space")]
    [InlineData("BufferWords:0", "Moment.... ", "a dot too many")]
    [InlineData("BufferWords:0", "Moment\u2026 ", "an ellipsis")]
    [InlineData("BufferWords:0", "... ", "no words")]
    [InlineData("BufferWords:0", "Ein\nMoment... ", "two lines")]
    [InlineData("BufferWords:0", "long", "too long")]
    [InlineData("FallbackAfterUser", "Bitte?", "as any answer may begin")]
    [InlineData("ContentFiltered", "", "empty")]
    [InlineData("EndCall", "long", "too long")]
    public async Task Start_PhraseThatCannotBeSpoken_FailsAndNamesIt(string setting, string value, string why)
    {
        if (value == "long") value = new string('x', 297) + "... ";
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(
            () => GatewayHost.StartAsync(new() { ["Phrases:0:Language"] = "de", [$"Phrases:0:{setting}"] = value }));

        Assert.True(failure.Failures.Single().StartsWith($"Phrases__0__{setting.Replace(":", "__", StringComparison.Ordinal)} must be ", StringComparison.Ordinal), why);
    }

    [Fact]
    public async Task Start_LanguageOfOtherPhrases_Fails()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(
            () => GatewayHost.StartAsync(new() { ["Phrases:0:Language"] = "de", ["Phrases:1:Language"] = "de-CH" }));

        Assert.StartsWith("Phrases__1__Language is that of other phrases", failure.Failures.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SystemPrefix")]
    [InlineData("SystemSuffix")]
    public async Task Start_AdditionLongerThanItMayBe_Fails(string setting)
    {
        // 8,193 bytes, of fewer characters.
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(new() { [$"Callers:1:{setting}"] = new string('é', 4096) + "." }));

        Assert.Equal($"Callers__1__{setting} must be at most 8192 bytes.", failure.Failures.Single());
    }

    [Theory]
    [InlineData("Callers:0:Memory:Budget", "00:00:00", "Callers__0__Memory__Budget must be above zero and at most 2 seconds")]
    [InlineData("Callers:0:Memory:Budget", "00:00:02.1", "Callers__0__Memory__Budget must be above zero and at most 2 seconds")]
    [InlineData("Callers:0:Memory:Budget", "1", "Callers__0__Memory__Budget must be above zero and at most 2 seconds, such as 00:00:00.150: a bare 1 is a day.")]
    [InlineData("Callers:0:Memory:MaxCharacters", "499", "Callers__0__Memory__MaxCharacters must be from 500 to 8,000")]
    [InlineData("Callers:0:Memory:LowRiskFields:0", " ", "Callers__0__Memory__LowRiskFields__0 must not be blank")]
    [InlineData("Webhooks:Enabled", "false", "Webhooks__Enabled must be true where Callers__0__Memory__Provider is BuiltIn")]
    [InlineData("Storage:Folder", null, "Storage__Uri is required where Callers__0__Memory__Provider is BuiltIn")]
    public async Task Start_MemoryThatCannotWork_FailsAndNamesTheSetting(string setting, string? value, string message)
    {
        Dictionary<string, string?> settings = new() { ["Callers:0:Memory:Provider"] = "BuiltIn", ["Callers:0:Agents:0"] = "agent_1", ["Webhooks:Enabled"] = "true", ["Storage:Folder"] = "never-used", [setting] = value };

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(settings));

        Assert.StartsWith(message, failure.Failures.First(), StringComparison.Ordinal);
    }
}
