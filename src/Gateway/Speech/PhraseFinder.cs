namespace Gateway.Speech;

/// <summary>Finds phrases again in an assistant's text, which is given as a JSON string's bytes without the quotes.</summary>
internal sealed class PhraseFinder
{
    // What a barge-in leaves of a phrase. Shorter ones may as well be a model's "Okay".
    private const int FewestLetters = 8;

    // A text that shares so many characters with a phrase is worth reading on.
    private const int Glance = 8;

    private readonly Phrase[] _phrases;

    /// <summary>The first character of each of the phrases: looking it up is all that many texts cost.</summary>
    private readonly char[] _first;

    private readonly int _longest;

    public PhraseFinder(List<Phrase> phrases)
    {
        // The longest first: one phrase may begin with another.
        phrases.Sort(static (a, b) => a.Folded[0] == b.Folded[0] ? b.Folded.Length - a.Folded.Length : a.Folded[0] - b.Folded[0]);
        _phrases = [.. phrases];
        _first = new char[_phrases.Length];
        for (var i = 0; i < _phrases.Length; i++)
        {
            _first[i] = _phrases[i].Folded[0];
            _longest = Math.Max(_longest, _phrases[i].Folded.Length);
        }
    }

    /// <summary>
    /// What a text begins with that was spoken without a model: phrases, one after the other. Where the text is all that was spoken, a barge-in may
    /// have cut a phrase short.
    /// </summary>
    public SpokenStart Match(ReadOnlySpan<byte> text, bool isAll)
    {
        var start = default(SpokenStart);
        while (true)
        {
            var rest = text[start.Length..];
            var next = Candidates(rest) is { Length: > 0 } candidates ? MatchOne(rest, candidates, isAll) : default;
            if (next.Length == 0) return start;
            start = new SpokenStart(start.Length + next.Length, start.HasFallback || next.HasFallback);
        }
    }

    /// <summary>Whether the last that a text says are buffer words, whole or, where they are all of the text, cut short.</summary>
    public bool EndsInBufferWords(ReadOnlySpan<byte> text)
    {
        if (Match(text, isAll: true) is { HasFallback: false, Length: > 0 } start && start.Length == text.Length) return true;

        var folded = new FoldedText(new char[text.Length + FoldedText.Slack], new int[text.Length + FoldedText.Slack]);
        folded.Read(text);
        var said = folded.Text.TrimEnd(' ');
        foreach (var phrase in _phrases)
        {
            if (phrase.IsFallback || !said.EndsWith(phrase.Folded)) continue;
            if (said.Length == phrase.Folded.Length || !char.IsLetterOrDigit(said[^(phrase.Folded.Length + 1)])) return true;
        }

        return false;
    }

    /// <summary>The phrases that may begin the text, by its first characters.</summary>
    private ReadOnlySpan<Phrase> Candidates(ReadOnlySpan<byte> text)
    {
        if (FoldedText.First(text) is not { } first) return default;
        var start = _first.AsSpan().IndexOf(first);
        if (start < 0) return default;

        var folded = new FoldedText(stackalloc char[Glance + FoldedText.Slack], stackalloc int[Glance + FoldedText.Slack]);
        folded.Read(text);
        var end = start;
        var isWorthReading = false;
        for (; end < _first.Length && _first[end] == first; end++)
        {
            var phrase = _phrases[end].Folded.AsSpan();
            var length = Math.Min(Glance, Math.Min(phrase.Length, folded.Text.Length));
            isWorthReading |= phrase[..length].SequenceEqual(folded.Text[..length]);
        }

        return isWorthReading ? _phrases.AsSpan(start..end) : default;
    }

    private SpokenStart MatchOne(ReadOnlySpan<byte> text, ReadOnlySpan<Phrase> candidates, bool isAll)
    {
        var folded = new FoldedText(stackalloc char[_longest + FoldedText.Slack], stackalloc int[_longest + FoldedText.Slack]);
        folded.Read(text);
        var said = folded.Text;
        foreach (var phrase in candidates)
        {
            if (!said.StartsWith(phrase.Folded) || SplitsWord(said, phrase.Folded.Length)) continue;
            var hasSpace = said.Length > phrase.Folded.Length && said[phrase.Folded.Length] == ' ';
            return new SpokenStart(folded.End(hasSpace ? phrase.Folded.Length : phrase.Folded.Length - 1), phrase.IsFallback);
        }

        said = said.TrimEnd(' ');
        if (!isAll || !folded.IsWhole || Letters(said) < FewestLetters) return default;
        foreach (var phrase in candidates)
        {
            if (phrase.Folded.AsSpan().StartsWith(said)) return new SpokenStart(text.Length, phrase.IsFallback);
        }

        return default;
    }

    private static bool SplitsWord(ReadOnlySpan<char> text, int at) => at < text.Length && char.IsLetterOrDigit(text[at - 1]) && char.IsLetterOrDigit(text[at]);

    private static int Letters(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var c in text) count += char.IsLetter(c) ? 1 : 0;
        return count;
    }
}
