using System.Collections.Frozen;
using System.Collections.Immutable;
using Azure.Security.KeyVault.Secrets;
using Gateway.Credentials;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Secrets;

/// <summary>
/// The secrets of this process, read at start and again in the background. What was read once stays in use until the vault
/// itself says otherwise: an outage of the vault takes no caller's key away, a revocation does.
/// </summary>
internal sealed class SecretStore : BackgroundService
{
    /// <summary>How long a request waits for the first load, which on Functions it is the reason of: the deadline of one load.</summary>
    public static readonly TimeSpan LoadWait = TimeSpan.FromSeconds(10);

    private readonly WantedSecret[] _wanted;
    // Beside _wanted; default (not empty) as long as nothing is known of a secret.
    private readonly ImmutableArray<string>[] _values;
    private readonly KeyVaultReader? _vault;
    private readonly TimeSpan _refreshInterval;
    private readonly RenewalPace _pace;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SecretSnapshot? _current;
    private volatile IReadOnlyList<string> _missing = [];
    private volatile string? _waitingFor = "Key Vault: no answer yet";
    private string? _failing;

    private SecretStore(IEnumerable<WantedSecret> wanted, KeyVaultReader? vault, TimeSpan refreshInterval, TimeProvider time, ILogger log)
    {
        // Two callers may share a secret; Key Vault's names ignore case.
        _wanted = [.. wanted
            .GroupBy(secret => secret.Name, StringComparer.OrdinalIgnoreCase)
            .Select(same => new WantedSecret(same.Key, same.Max(secret => secret.Versions)))];
        _values = new ImmutableArray<string>[_wanted.Length];
        _vault = vault;
        _refreshInterval = refreshInterval;
        _pace = new RenewalPace(time);
        _time = time;
        _log = log;
    }

    /// <summary>The newest snapshot; null until every secret was read or found absent.</summary>
    public SecretSnapshot? Current => _current;

    /// <summary>Null when loaded, otherwise what it waits for, in one line without host names.</summary>
    public string? WaitingFor => _waitingFor;

    /// <summary>The names of secrets that were found absent.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>A store that reads from Key Vault once the host runs.</summary>
    public static SecretStore FromKeyVault(
        IEnumerable<WantedSecret> wanted, SecretClient client, KeyVaultOptions options, TimeProvider time, ILogger<SecretStore> log) =>
        new(wanted, new KeyVaultReader(client, options.LoadTimeout, time), options.RefreshInterval, time, log);

    /// <summary>A store that holds what is configured, loaded when this returns.</summary>
    public static SecretStore FromConfiguration(
        IEnumerable<WantedSecret> wanted, IReadOnlyList<SecretOptions> configured, TimeProvider time, ILogger<SecretStore> log)
    {
        var store = new SecretStore(wanted, vault: null, Timeout.InfiniteTimeSpan, time, log);
        store.Accept([.. store._wanted.Select(secret => ConfiguredSecrets.Read(secret, configured, log))]);
        return store;
    }

    /// <summary>Waits for the first load. Only the wait is cancelled, never the load.</summary>
    public async ValueTask<SecretSnapshot> LoadedAsync(CancellationToken cancellationToken)
    {
        if (_current is null)
            await _loaded.Task.WaitAsync(cancellationToken);
        return _current!;
    }

    /// <summary>Waits for the first load, and no longer than <paramref name="wait"/>; null where it is not done by then.</summary>
    public async ValueTask<SecretSnapshot?> LoadedAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            // One wait, and not one around the other: the inner one would hang on the load when the outer one is over.
            if (_current is null)
                await _loaded.Task.WaitAsync(wait, _time, cancellationToken);
            return _current!;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>
    /// A key was presented that nobody has: it may be new. Starts one refresh, at most every 30 s, none beside one that
    /// runs, and none before the first load, which has its own schedule. False where it starts none.
    /// </summary>
    public bool RequestRefresh() => _pace.Wake();

    /// <summary>Completes when a secret has changed.</summary>
    public Task ChangedAsync(CancellationToken cancellationToken) => Volatile.Read(ref _changed).Task.WaitAsync(cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_vault is null)
            return;

        for (var attempt = 1; ; attempt++)
        {
            Accept(await Task.WhenAll(_wanted.Select(secret => _vault.ReadAsync(secret, stoppingToken))));
            var loaded = _current is not null;
            await _pace.PauseAsync(loaded ? _refreshInterval : RenewalPace.RetryDelay(attempt), wakeable: loaded, stoppingToken);
        }
    }

    private void Accept(SecretReading[] readings)
    {
        var changed = false;
        for (var i = 0; i < readings.Length; i++)
        {
            if (readings[i].Failure is null)
                changed |= Replace(i, readings[i].Values);
        }

        var failure = Array.Find(readings, reading => reading.Failure is not null)?.Failure;
        if (_current is null && Array.TrueForAll(_values, values => !values.IsDefault))
            Load();
        else if (_current is null)
            _waitingFor = failure;
        else if (changed)
            Publish();
        ReportFailures(readings, failure);
    }

    private bool Replace(int index, ImmutableArray<string> values)
    {
        var before = _values[index];
        if (!before.IsDefault && before.SequenceEqual(values))
            return false;

        _values[index] = values;
        if (_current is not null)
            ReportChange(_wanted[index].Name, before.Length, values.Length);
        return true;
    }

    private void Load()
    {
        Publish();
        Log.Loaded(_log, _wanted.Length - _missing.Count, _wanted.Length);
        foreach (var name in _missing)
            Log.Absent(_log, name);
        _waitingFor = null;
        _loaded.TrySetResult();
    }

    private void Publish()
    {
        _missing = [.. _wanted.Where((_, i) => _values[i].IsEmpty).Select(secret => secret.Name)];
        var values = _wanted.Index().ToFrozenDictionary(
            entry => entry.Item.Name, entry => _values[entry.Index], StringComparer.OrdinalIgnoreCase);
        _current = new SecretSnapshot((_current?.Version ?? 0) + 1, values);
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private void ReportChange(string name, int before, int now)
    {
        if (before == 0)
            Log.Appeared(_log, name);
        else if (now == 0)
            Log.Vanished(_log, name);
        else
            Log.Changed(_log, name, now);
    }

    private void ReportFailures(SecretReading[] readings, string? failure)
    {
        var names = string.Join(", ", _wanted.Where((_, i) => readings[i].Failure is not null).Select(secret => secret.Name));
        var failing = failure is null ? null : $"{names}: {failure}";
        if (failing == _failing)
            return;

        if (failure is not null)
            Log.NotRead(_log, names, failure);
        else
            Log.Recovered(_log);
        _failing = failing;
    }
}
