using System.Globalization;

namespace Gateway.Backfill;

/// <summary>What became of a backfill. Nothing of any call is in it.</summary>
public sealed class BackfillReport
{
    private readonly SortedDictionary<string, int> _failures = new(StringComparer.Ordinal);

    /// <summary>How many calls ElevenLabs has listed.</summary>
    public int Listed { get; internal set; }

    /// <summary>How many of them were there already, as far as they are kept.</summary>
    public int There { get; internal set; }

    /// <summary>How many of them are of an end user who was deleted, so that nothing of them may be kept.</summary>
    public int Forgotten { get; internal set; }

    /// <summary>How many of them are not done yet, and come with a later run.</summary>
    public int NotDone { get; internal set; }

    /// <summary>How many transcripts were added.</summary>
    public int Transcripts { get; internal set; }

    /// <summary>How many recordings were added.</summary>
    public int Recordings { get; internal set; }

    /// <summary>How many calls could not be added, or not whole, by what was wrong.</summary>
    public IReadOnlyDictionary<string, int> Failures => _failures;

    /// <summary>Why it stopped before the end of the list; null where it did not.</summary>
    public string? Stopped { get; internal set; }

    /// <summary>Whether everything that was to be had is there now.</summary>
    public bool IsWhole => Stopped is null && _failures.Count == 0;

    /// <summary>All that was added, may not be, or could not be.</summary>
    internal int Counted => Transcripts + Recordings + Forgotten + _failures.Values.Sum();

    internal void Fail(string reason) => _failures[reason] = _failures.GetValueOrDefault(reason) + 1;

    /// <inheritdoc/>
    public override string ToString()
    {
        var failed = _failures.Count == 0 ? "none" : string.Join(", ", _failures.Select(static failure => string.Create(CultureInfo.InvariantCulture, $"{failure.Value} ({failure.Key})")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Calls listed: {Listed}; already there: {There}; forgotten: {Forgotten}; not done yet: {NotDone}. Added: {Transcripts} transcripts, {Recordings} recordings. Failed: {failed}.{(Stopped is null ? "" : $" Stopped: {Stopped}.")}");
    }
}
