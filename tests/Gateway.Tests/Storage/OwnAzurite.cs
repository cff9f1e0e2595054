namespace Gateway.Tests.Storage;

/// <summary>An Azurite for one class of tests, which looks at the whole account.</summary>
public sealed class OwnAzurite : IAsyncDisposable
{
    private readonly Azurite _azurite = new();

    /// <summary>Starts it, or skips the test where it is not installed: a fixture cannot skip, and would fail.</summary>
    public Task<string> ConnectionStringAsync() => _azurite.ConnectionStringAsync();

    public ValueTask DisposeAsync() => _azurite.DisposeAsync();
}
