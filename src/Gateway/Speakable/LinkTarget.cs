namespace Gateway.Speakable;

/// <summary>What stands behind a link's text, between round brackets: an address, and perhaps a title.</summary>
internal struct LinkTarget
{
    private bool _isWhole;
    private int _depth;
    private int _behindBlank;

    /// <summary>Whether the character belongs to it.</summary>
    public bool Takes(JsonCharacter c)
    {
        if (_isWhole || c.EndsLine) return false;
        // An address is as long as it is. A title has an end, or it is the answer.
        if ((c.IsSpace || _behindBlank > 0) && ++_behindBlank > SpokenText.MaxHeld) return false;
        if (c.Value == '(') _depth++;
        else if (c.Value == ')') _isWhole = _depth-- == 0;
        return true;
    }
}
