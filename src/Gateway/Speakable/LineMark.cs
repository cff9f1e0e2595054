namespace Gateway.Speakable;

/// <summary>Marks at the beginning of a line, where a blank or the line's end is next: <c>#1</c> and <c>-5</c> are none.</summary>
internal static class LineMark
{
    /// <summary>Whether equal characters are a heading, the line beneath one, a quote, a bullet or a rule.</summary>
    public static bool Is(int mark, int count) => mark switch
    {
        '#' => count <= 6,
        '>' => true,
        '+' => count == 1,
        '-' or '*' => count is 1 or > 2,
        '_' or '=' => count > 2,
        _ => false,
    };
}
