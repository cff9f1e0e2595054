using Gateway.Secrets;
using Gateway.Tests.Credentials;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.Secrets;

/// <summary>A store over a stand-in of the vault, with a clock that stands still.</summary>
internal sealed class VaultedStore : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly SocketsHttpHandler _handler;

    private VaultedStore(FakeKeyVault vault, WantedSecret[] wanted)
    {
        Vault = vault;
        _handler = vault.CreateHandler();
        var options = new KeyVaultOptions { Uri = vault.Uri };
        var client = KeyVaultClient.Create(options.Uri, vault.Credential, _handler);
        Store = SecretStore.FromKeyVault(wanted, client, options, Clock, Log);
    }

    public FakeKeyVault Vault { get; }

    public PacedClock Clock { get; } = new();

    public LogLines<SecretStore> Log { get; } = new();

    public SecretStore Store { get; }

    public SecretSnapshot Current => Store.Current ?? throw new InvalidOperationException("Not loaded.");

    public static async Task<VaultedStore> CreateAsync(params WantedSecret[] wanted) =>
        new(await FakeKeyVault.StartAsync(), wanted);

    public Task StartAsync() => Store.StartAsync(TestContext.Current.CancellationToken);

    /// <summary>Starts the store and waits until the first load is done and the pause after it has begun.</summary>
    public async Task LoadAsync()
    {
        await StartAsync();
        await Clock.WaitOfAsync(Interval);
    }

    /// <summary>Lets the pause under way pass and waits until the refresh behind it is done.</summary>
    public async Task RefreshAsync()
    {
        Clock.Advance(Interval);
        await Clock.WaitOfAsync(Interval);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.StopAsync(CancellationToken.None);
        Store.Dispose();
        await Vault.DisposeAsync();
        _handler.Dispose();
    }
}
