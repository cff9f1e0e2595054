namespace Load;

/// <summary>What the caller of a streamed turn got, and when, counted from when it was sent.</summary>
internal sealed class TurnTimes
{
    private const string Content = "\"content\":\"";

    private string _rest = "";
    private string _last = "";
    private string _answer = "";
    private bool _isFinished;
    private bool _isDone;

    /// <summary>The first words, whoever says them; null: there were none.</summary>
    public TimeSpan? FirstOutput { get; private set; }

    /// <summary>The first word of a deployment; null: there was none.</summary>
    public TimeSpan? FirstToken { get; private set; }

    /// <summary>The last byte.</summary>
    public TimeSpan EndedAt { get; private set; }

    /// <summary>
    /// Whether it ended as a whole turn does: with one deployment's answer in full, or else with a sentence that is no buffer words, and in both cases with
    /// a finish and <c>[DONE]</c> behind it.
    /// </summary>
    public bool EndsWell => _isDone && (FirstToken is null ? _last.Any(char.IsLetter) && !_last.EndsWith("... ", StringComparison.Ordinal) : _answer == string.Concat(UnsteadyDeployment.Words));

    /// <summary>Takes what came of the response's body.</summary>
    public void Got(TimeSpan at, string text)
    {
        EndedAt = at;
        _rest += text;
        for (int end; (end = _rest.IndexOf("\n\n", StringComparison.Ordinal)) >= 0; _rest = _rest[(end + 2)..]) Frame(at, _rest[..end]);
    }

    public bool HasTimesOf(TurnTimes other) => (FirstOutput, FirstToken, EndedAt) == (other.FirstOutput, other.FirstToken, other.EndedAt);

    private void Frame(TimeSpan at, string frame)
    {
        if (frame == "data: [DONE]") _isDone = _isFinished;
        else if (frame.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal)) _isFinished = true;
        if (frame.IndexOf(Content, StringComparison.Ordinal) is not (>= 0 and var found)) return;

        var said = frame[(found + Content.Length)..];
        said = said[..said.IndexOf('"', StringComparison.Ordinal)];
        if (said.Length == 0) return;

        FirstOutput ??= at;
        if (said == UnsteadyDeployment.Words[0]) FirstToken ??= at;
        if (FirstToken is not null) _answer += said;
        _last = said;
    }
}
