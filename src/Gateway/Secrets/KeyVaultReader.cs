using System.Collections.Immutable;
using Azure;
using Azure.Security.KeyVault.Secrets;

namespace Gateway.Secrets;

/// <summary>Reads the newest active versions of a secret: enabled, already valid, not expired.</summary>
internal sealed class KeyVaultReader(SecretClient client, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Throws only when <paramref name="stopping"/> is cancelled; everything else is a reading.</summary>
    public async Task<SecretReading> ReadAsync(WantedSecret secret, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            return SecretReading.Of(await ReadValuesAsync(secret, either.Token));
        }
        catch (RequestFailedException exception) when (KeyVaultFailure.IsAbsence(exception))
        {
            return SecretReading.Absent;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            return SecretReading.Failed(KeyVaultFailure.Describe(exception));
        }
    }

    private async Task<ImmutableArray<string>> ReadValuesAsync(WantedSecret secret, CancellationToken cancellationToken)
    {
        var values = ImmutableArray.CreateBuilder<string>(secret.Versions);
        foreach (var version in await ListActiveAsync(secret.Name, cancellationToken))
        {
            if (values.Count == secret.Versions)
                break;
            if (await GetAsync(secret.Name, version.Version, cancellationToken) is { } value)
                values.Add(value);
        }

        return values.DrainToImmutable();
    }

    // All pages, always: the vault does not list in order of creation, so the newest may be on the last one.
    private async Task<List<SecretProperties>> ListActiveAsync(string name, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var active = new List<SecretProperties>();
        await foreach (var version in client.GetPropertiesOfSecretVersionsAsync(name, cancellationToken))
        {
            if (version.Enabled != false && !(version.ExpiresOn <= now) && !(version.NotBefore > now))
                active.Add(version);
        }

        // CreatedOn has whole seconds; without the second key two versions of one second could swap at each refresh.
        active.Sort(static (a, b) => (b.CreatedOn, b.Version).CompareTo((a.CreatedOn, a.Version)));
        return active;
    }

    /// <summary>Null when the version was disabled or deleted since it was listed, or is blank.</summary>
    private async Task<string?> GetAsync(string name, string version, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await client.GetSecretAsync(name, version, cancellationToken: cancellationToken);
            return SecretText.Clean(secret.Value.Value);
        }
        catch (RequestFailedException exception) when (KeyVaultFailure.IsAbsence(exception))
        {
            return null;
        }
    }
}
