namespace Gateway.Speakable;

/// <summary>What a <see cref="SpokenText"/> is in the middle of.</summary>
internal enum SpokenTextMode
{
    Text,

    /// <summary>Equal marks, whose number and neighbours tell what they mean.</summary>
    Run,

    /// <summary>The beginning of one of the <see cref="WholeWords"/>.</summary>
    Word,

    /// <summary>A backslash, which makes a mark an ordinary character.</summary>
    Escape,

    /// <summary>A bare URL. Held is punctuation that may be the sentence's.</summary>
    Url,

    /// <summary>A closing square bracket. With a round one behind, it closes a link's text.</summary>
    BracketEnd,

    /// <summary>A link's address and title.</summary>
    LinkTarget,

    /// <summary>What stands between the texts of two cells of a table.</summary>
    CellGap,

    /// <summary>The first line of a fence, behind its marks.</summary>
    FenceInfo,

    /// <summary>The lines of a fence around code.</summary>
    Code,
}
