using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infra.Tests.Hooks;

public sealed partial class PostprovisionTests
{
    private const string LocalSettings = """{"IsEncrypted":false,"Values":{"FUNCTIONS_WORKER_RUNTIME":"dotnet-isolated","KeyVault__Uri":"https://kv-voice.vault.azure.net/"}}""";
    private const string Fetch = "az keyvault secret show --vault-name kv-voice --name caller-elevenlabs --query value --output tsv";

    private static readonly Answer Set = new("keyvault secret set *");
    private static readonly Answer Deploy = new("deployment group create *");

    [Fact]
    public async Task Secrets_Missing_AreMadeAndTheKeyIsShownOnce()
    {
        using var run = Run(Listed(""), Set);

        var result = await run.RunAsync("postprovision");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(3, run.Changes.Count());
        var secrets = run.Files.Where(line => Secret().IsMatch(line)).ToList();
        Assert.Equal(3, secrets.Distinct().Count());
        Assert.All(secrets, secret => Assert.Equal(32, Base64Url(secret).Length));
        Assert.Equal(["-rw-------", "-rw-------", "-rw-------"], run.Files.Where(line => line.Length == 10));
        Assert.Contains($"  API key     {secrets[2]} (shown once; again with: {Fetch})\n", result.Output, StringComparison.Ordinal);
        Assert.All(secrets[..2], secret => Assert.DoesNotContain(secret, result.All, StringComparison.Ordinal));
        Assert.DoesNotContain(run.Calls, call => secrets.Any(secret => call.Contains(secret, StringComparison.Ordinal)));
        Assert.Empty(run.LeftBehind());
    }

    [Fact]
    public async Task FiveLines_ToPaste_AreTheOutputs()
    {
        using var run = Run(Listed("caller-elevenlabs\nend-user-key\nend-user-signing"));

        var result = await run.RunAsync("postprovision");

        Assert.EndsWith($"""

            Paste into ElevenLabs, in the LLM section of the agent:
              LLM         Custom LLM
              Server URL  https://func-voice.azurewebsites.net/v1
              Model ID    gpt-5.4-mini
              API type    Chat Completions
              API key     run: {Fetch}

            """.ReplaceLineEndings("\n"), result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CI", "true")]
    [InlineData("CI", "1")]
    [InlineData("TF_BUILD", "True")]
    public async Task Key_MadeInAPipeline_IsNotPrinted(string variable, string value)
    {
        using var run = Run(Listed(""), Set);
        run[variable] = value;

        var result = await run.RunAsync("postprovision");

        Assert.Equal(0, result.ExitCode);
        var secrets = run.Files.Where(line => Secret().IsMatch(line)).ToList();
        Assert.Equal(3, secrets.Count);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, result.All, StringComparison.Ordinal));
        Assert.Contains($"API key     run: {Fetch}", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_ThatExist_StayAsTheyAre()
    {
        using var run = Run(Listed("another\ncaller-elevenlabs\nend-user-key\nend-user-signing"));

        var result = await run.RunAsync("postprovision");

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(run.Changes);
        Assert.Empty(run.Files);
    }

    [Theory]
    [InlineData("caller-elevenlabs\nend-user-signing", "end-user-key")]
    [InlineData("caller-elevenlabs\nend-user-key", "end-user-signing")]
    [InlineData("end-user-key\nend-user-signing", "caller-elevenlabs")]
    [InlineData("end-user-key\nend-user-signing\ncaller-elevenlabs-old", "caller-elevenlabs")]
    public async Task Secret_ThatIsMissing_IsMadeAlone(string there, string made)
    {
        using var run = Run(Listed(there), Set);

        Assert.Equal(0, (await run.RunAsync("postprovision")).ExitCode);
        Assert.Contains($"--name {made} ", Assert.Single(run.Changes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vault_BehindAPrivateEndpoint_IsWrittenThroughResourceManager()
    {
        using var run = Run(new Answer("rest --method get *", ""), Deploy);
        run["VAULT_IS_PRIVATE"] = "true";

        var result = await run.RunAsync("postprovision");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.DoesNotContain(run.Calls, call => call.StartsWith("az keyvault", StringComparison.Ordinal));
        Assert.Equal(3, run.Changes.Count());
        Assert.All(run.Changes, call => Assert.Contains("--template-file " + run.PathOf("infra/secret.bicep"), call, StringComparison.Ordinal));
        Assert.Equal(["-rw-------", "-rw-------", "-rw-------"], run.Files.Where(line => line.Length == 10));
        var names = run.Files.Where(line => line.StartsWith('{')).Select(line =>
        {
            using var parameters = JsonDocument.Parse(line);
            var secret = parameters.RootElement.GetProperty("value").GetProperty("value").GetString()!;
            Assert.Equal(32, Base64Url(secret).Length);
            Assert.DoesNotContain(run.Calls, call => call.Contains(secret, StringComparison.Ordinal));
            Assert.Equal("kv-voice", parameters.RootElement.GetProperty("vaultName").GetProperty("value").GetString());
            return parameters.RootElement.GetProperty("name").GetProperty("value").GetString();
        });
        Assert.Equal(["end-user-key", "end-user-signing", "caller-elevenlabs"], names);
        Assert.Contains("run az from inside the virtual network", result.Output, StringComparison.Ordinal);
        Assert.Empty(run.LeftBehind());
    }

    [Fact]
    public async Task Vault_BehindAPrivateEndpoint_IsNotWrittenAgain()
    {
        using var run = Run(new Answer("rest --method get *", "end-user-key\nend-user-signing\ncaller-elevenlabs"));
        run["VAULT_IS_PRIVATE"] = "true";

        Assert.Equal(0, (await run.RunAsync("postprovision")).ExitCode);
        Assert.Empty(run.Changes);
        Assert.Contains("/resourceGroups/rg-voice/providers/Microsoft.KeyVault/vaults/kv-voice/secrets?", Assert.Single(run.Calls), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Role_NotKnownEverywhereYet_IsWaitedFor()
    {
        using var run = Run(new Answer("keyvault secret list *", "Forbidden", 1, Times: 3), Listed("end-user-key\nend-user-signing\ncaller-elevenlabs"));

        var result = await run.RunAsync("postprovision");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(3, run.Calls.Count(call => call.StartsWith("sleep 10", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Vault_ThatNeverAnswers_EndsTheHook()
    {
        using var run = Run(new Answer("keyvault secret list *", "Forbidden", 1));

        var result = await run.RunAsync("postprovision");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal("Forbidden\nThe secrets of kv-voice cannot be listed. When they can: azd hooks run postprovision\n", result.Error);
        Assert.Equal(18, run.Calls.Count(call => call.StartsWith("az keyvault secret list", StringComparison.Ordinal)));
        Assert.Empty(run.Changes);
    }

    [Fact]
    public async Task Secret_ThatCannotBeSet_EndsTheHook()
    {
        using var run = Run(Listed(""), new Answer("keyvault secret set *", "Conflict", 1));

        var result = await run.RunAsync("postprovision");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("Conflict", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Paste", result.Output, StringComparison.Ordinal);
        Assert.Empty(run.LeftBehind());
    }

    [Fact]
    public async Task LocalSettings_NotThere_AreTheOutput()
    {
        using var run = Run(Listed("end-user-key\nend-user-signing\ncaller-elevenlabs"));

        await run.RunAsync("postprovision");

        Assert.Equal(LocalSettings + "\n", await File.ReadAllTextAsync(run.PathOf("local.settings.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task LocalSettings_ThatExist_AreKept()
    {
        using var run = Run(Listed("end-user-key\nend-user-signing\ncaller-elevenlabs"));
        run.Write("local.settings.json", "mine");

        var result = await run.RunAsync("postprovision");

        Assert.Equal("mine", await File.ReadAllTextAsync(run.PathOf("local.settings.json"), TestContext.Current.CancellationToken));
        Assert.Contains("local.settings.json is there and stays as it is.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Az_Missing_IsSaid()
    {
        using var run = Run();
        run.WithoutAz();

        var result = await run.RunAsync("postprovision");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The Azure CLI (az) is needed to put the first key", result.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{43}$")]
    private static partial Regex Secret();

    private static Answer Listed(string names) => new("keyvault secret list *", names);

    private static byte[] Base64Url(string text) => Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/') + "=");

    private static HookRun Run(params Answer[] az) => new(az)
    {
        ["AZURE_KEY_VAULT_NAME"] = "kv-voice",
        ["AZURE_RESOURCE_GROUP"] = "rg-voice",
        ["VAULT_IS_PRIVATE"] = "false",
        ["ELEVENLABS_BASE_URL"] = "https://func-voice.azurewebsites.net/v1",
        ["ELEVENLABS_MODEL"] = "gpt-5.4-mini",
        ["LOCAL_SETTINGS"] = LocalSettings,
    };
}
