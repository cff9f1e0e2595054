using System.Text;

namespace Gateway.Speakable;

/// <summary>The lines of code behind the first line of a fence.</summary>
internal struct Fence(int mark, int length)
{
    // Languages that hold words for people.
    private static readonly byte[][] Prose = [[], [.. "text"u8], [.. "txt"u8], [.. "plaintext"u8], [.. "markdown"u8], [.. "md"u8]];

    private bool _isWhole;
    private bool _inLine;
    private int _closing;

    public int Length => length;

    public bool IsBackticks => mark == '`';

    /// <summary>Whether the fence holds code, which is nothing to be said. By its info string, as JSON.</summary>
    public static bool HoldsCode(ReadOnlySpan<byte> info)
    {
        info = info.TrimStart((byte)' ');
        var end = info.IndexOfAny(" \\{"u8);
        var language = end < 0 ? info : info[..end];
        foreach (var name in Prose)
        {
            if (Ascii.EqualsIgnoreCase(language, name)) return false;
        }

        return true;
    }

    /// <summary>Whether the character belongs to the code or to the marks that close it.</summary>
    public bool Takes(JsonCharacter c)
    {
        if (_isWhole) return false;
        if (c.Value == mark && !_inLine)
        {
            _closing++;
            return true;
        }

        if (_closing >= length)
        {
            // The end of the line goes with the fence; words on it do not.
            _isWhole = true;
            return c.Value == '\n';
        }

        _closing = 0;
        _inLine = !c.EndsLine && (_inLine || !c.IsSpace);
        return true;
    }
}
