namespace Gateway.Speakable;

/// <summary>The rest of a URL that stands in the text by itself, or in angle brackets.</summary>
internal struct BareUrl(bool inAngles)
{
    private bool _isWhole;
    private int _depth;

    /// <summary>Whether the character belongs to it.</summary>
    public bool Takes(JsonCharacter c)
    {
        if (_isWhole) return false;
        if (inAngles && c.Value == '>') return _isWhole = true;
        if (c.Value == '(') _depth++;
        // Of "(see https://en.wikipedia.org/wiki/Voice_(phonetics))" the last bracket is the sentence's.
        if (c.Value == ')' && _depth-- == 0) return false;
        return Characters.IsUrl(c.Value);
    }
}
