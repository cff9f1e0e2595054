using Gateway.Storage;
using Gateway.Webhooks;
using Microsoft.Extensions.Logging;

namespace Gateway.Privacy;

/// <summary>What the requests about end users are served with. Of the storage nothing is opened before the first of them.</summary>
internal sealed class PrivacyServices
{
    public required PrivacyOptions Options { get; init; }

    public required AdminAccess Access { get; init; }

    /// <summary>The name of the secret that end users are known by.</summary>
    public required string EndUserKeySecret { get; init; }

    public required Lazy<IStorage> Storage { get; init; }

    public required Lazy<Tombstones> Tombstones { get; init; }

    public required Lazy<EndUserTraces> Traces { get; init; }

    public required PrivacyMetrics Metrics { get; init; }

    public required TimeProvider Time { get; init; }

    public EndUserDeletion Deletion(ILogger log) => new(Traces.Value, Storage.Value, Tombstones.Value, new CallRemoval(Storage.Value), log);

    public EndUserExport Export() => new(Traces.Value, Storage.Value);
}
