using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests.Logs;

/// <summary>Everything that the servers of a run have written, and what none of it may hold.</summary>
internal sealed partial class LogAudit
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<string, string> _forbidden = new(StringComparer.Ordinal);

    public void Add(string line) => _lines.Enqueue(line);

    /// <summary>Whether any line holds this text.</summary>
    public bool Holds(string text) => _lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>No line may hold this text.</summary>
    /// <param name="what">What it is, for the report: the text itself may be a secret.</param>
    /// <param name="text">The text.</param>
    public void Forbid(string what, string text) => _forbidden[text] = what;

    /// <summary>What was found, with the line that it was found in; the text itself is left out.</summary>
    public IReadOnlyList<string> Violations() => [.. _lines.Where(static line => !IsStartMessage(line)).SelectMany(Violations)];

    private IEnumerable<string> Violations(string line)
    {
        foreach (var (text, what) in _forbidden)
        {
            if (line.Contains(text, StringComparison.OrdinalIgnoreCase)) yield return $"{what}: {line.Replace(text, "<here>", StringComparison.OrdinalIgnoreCase)}";
        }

        if (BearerToken().IsMatch(line)) yield return $"a bearer token: {BearerToken().Replace(line, "<here>")}";
    }

    // What the server says to who has just started it, on a development machine: the key, made a moment ago, is the point of it.
    private static bool IsStartMessage(string line) => StartMessage().IsMatch(line);

    [GeneratedRegex("""^(Key: [0-9a-f]{32}|  curl -N http://\S+/v1/chat/completions -H 'Authorization: Bearer \w+' .*|  Agent > LLM > Custom LLM .* API key: \w+)$""")]
    private static partial Regex StartMessage();

    [GeneratedRegex(@"Bearer\s+\S{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex BearerToken();
}
