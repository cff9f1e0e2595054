namespace Gateway.Speakable;

/// <summary>
/// Tells marks of emphasis from stars, underscores and tildes that are meant. It decides by what stands beside them, as CommonMark does, and not by
/// whether they come in pairs: the other half may be sentences away, and the words between must not wait for it.
/// </summary>
internal struct Emphasis
{
    private int _stars;
    private int _underscores;
    private int _tildes;

    /// <summary>Whether a run of marks opens or closes emphasis. <c>2 * 3</c>, <c>5*5</c>, <c>*67</c>, <c>snake_case</c> and <c>~5</c> do not.</summary>
    public bool Takes(int mark, int count, int before, int next) => mark switch
    {
        '*' => Takes(ref _stars, mark, count, before, next),
        '_' => Takes(ref _underscores, mark, count, before, next),
        '~' => count == 2 && Takes(ref _tildes, mark, count, before, next),
        _ => false,
    };

    private static bool Takes(ref int open, int mark, int count, int before, int next)
    {
        // Inside of a word only what was opened by as many: "**Ober**kellner".
        var insideWord = Characters.IsWord(before) && Characters.IsWord(next);
        if (open > 0 && !Characters.IsSpace(before) && (insideWord ? mark != '_' && count == open : !Characters.IsWord(next)))
        {
            open = Math.Max(open - count, 0);
            return true;
        }

        // Behind a bracket it is "(2+3)*(4+5)".
        if (Characters.IsSpace(next) || Characters.IsWord(before) || Characters.IsClosingBracket(before)) return false;
        // A star is also a key of the telephone: "*67", "*#06#", "press *."
        if (mark == '*' && count == 1 && (next is '#' or (>= '0' and <= '9') || Characters.EndsSentence(next))) return false;
        open += count;
        return true;
    }
}
