using Gateway.Storage;
using Gateway.Webhooks;

namespace Gateway.Privacy;

/// <summary>What an export has of a call.</summary>
internal sealed record ExportedCall(ArchivedCall Call)
{
    /// <summary>The names of its files.</summary>
    public List<string> Files { get; } = [];

    /// <summary>What there is of it and cannot be read.</summary>
    public List<StoredBlob> Unreadable { get; } = [];
}
