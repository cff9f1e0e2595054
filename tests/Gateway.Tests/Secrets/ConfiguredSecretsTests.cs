using Gateway.Secrets;
using Gateway.Tests.Credentials;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Secrets;

/// <summary>The same store without a vault.</summary>
public sealed class ConfiguredSecretsTests
{
    private readonly LogLines<SecretStore> _log = new();

    [Fact]
    public void Store_Configured_IsLoadedAtOnce()
    {
        using var store = Create([new("caller-a", 2), new("upstream")], ("upstream", "u\n"), ("Caller-A", "k"));

        var loaded = store.LoadedAsync(TestContext.Current.CancellationToken);

        Assert.True(loaded.IsCompletedSuccessfully);
        Assert.Equal("u", store.Current!.Newest("upstream"));
        Assert.Equal(["k"], store.Current["caller-a"]);
        Assert.Null(store.WaitingFor);
        Assert.Empty(store.Missing);
    }

    [Fact]
    public void Store_SeveralEntriesOfOneName_AreItsVersionsInOrder()
    {
        using var store = Create([new("caller-a", 2)], ("caller-a", "newest"), ("other", "x"), ("caller-a", "older"), ("caller-a", "oldest"));

        Assert.Equal(["newest", "older"], store.Current!["caller-a"]);
        Assert.Empty(store.Current["other"]);
    }

    [Theory]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://contoso.vault.azure.net/secrets/a/)", 207)]
    [InlineData(" @microsoft.keyvault(VaultName=contoso;SecretName=a)\n", 207)]
    [InlineData("", 208)]
    [InlineData(" \r\n", 208)]
    [InlineData(null, 208)]
    public void Store_ValueIsNone_IsAbsentAndWarnedOfByName(string? value, int line)
    {
        using var store = Create([new("caller-a", 2)], ("caller-a", value));

        Assert.Equal(["caller-a"], store.Missing);
        Assert.Empty(store.Current!["caller-a"]);
        Assert.Equal([line, 200, 206], _log.Ids);
        Assert.Contains("caller-a", _log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("contoso", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Store_ValueIsNoneInFrontOfAGoodOne_UsesTheGoodOne()
    {
        using var store = Create([new("caller-a")], ("caller-a", " "), ("caller-a", "good"));

        Assert.Equal("good", store.Current!.Newest("caller-a"));
    }

    [Fact]
    public async Task Store_HostedAndAskedToRefresh_StaysAsItIs()
    {
        using var store = Create([new("caller-a")], ("caller-a", "k"));
        var before = store.Current;

        await store.StartAsync(TestContext.Current.CancellationToken);
        store.RequestRefresh();
        await store.ExecuteTask!.Soon();

        Assert.Same(before, store.Current);
    }

    [Fact]
    public void Options_Bound_KeepNamesAndDefaults()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["KeyVault:Uri"] = "https://contoso.vault.azure.net/",
            ["KeyVault:RefreshInterval"] = "00:01:00",
            ["Secrets:0:Name"] = "caller-a",
            ["Secrets:0:Value"] = "k",
        }).Build();
        var vault = new KeyVaultOptions();

        configuration.GetSection("KeyVault").Bind(vault);
        var secret = Assert.Single(configuration.GetSection("Secrets").Get<SecretOptions[]>()!);

        Assert.Equal(new Uri("https://contoso.vault.azure.net/"), vault.Uri);
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10)), (vault.RefreshInterval, vault.LoadTimeout));
        Assert.Equal(TimeSpan.FromMinutes(5), new KeyVaultOptions().RefreshInterval);
        Assert.Equal("k", secret.Value);
        Assert.Equal("caller-a", secret.ToString());
    }

    private SecretStore Create(WantedSecret[] wanted, params (string Name, string? Value)[] configured) =>
        SecretStore.FromConfiguration(
            wanted, [.. configured.Select(entry => new SecretOptions { Name = entry.Name, Value = entry.Value })], new PacedClock(), _log);
}
