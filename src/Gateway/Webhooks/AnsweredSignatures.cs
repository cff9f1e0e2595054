namespace Gateway.Webhooks;

/// <summary>
/// The signatures of events that were answered 200 and of which no row tells, because nothing is kept or they were there already, so that the same request is not taken twice: of this process alone, and as long as one may be accepted.
/// Only what was verified comes in, so that no stranger can fill it.
/// </summary>
internal sealed class AnsweredSignatures(TimeProvider time)
{
    /// <summary>How many there are at most, the newest: some 2 MB, and five in a second.</summary>
    public const int Most = 10_000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _signatures = [];
    private readonly Queue<(string Signature, DateTimeOffset Until)> _oldestFirst = [];

    public bool Contains(string signature)
    {
        lock (_lock) return _signatures.Contains(signature);
    }

    /// <summary>Adds one; false where it is there, because the same request came twice at once.</summary>
    public bool TryAdd(string signature)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (!_signatures.Add(signature)) return false;
            _oldestFirst.Enqueue((signature, now + WebhookSignature.LongestAccepted));
            while (_oldestFirst.Count > Most || _oldestFirst.Peek().Until <= now) _signatures.Remove(_oldestFirst.Dequeue().Signature);
            return true;
        }
    }
}
