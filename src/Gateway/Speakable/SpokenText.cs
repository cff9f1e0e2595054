using Mode = Gateway.Speakable.SpokenTextMode;

namespace Gateway.Speakable;

/// <summary>
/// Takes Markdown and bare URLs out of a text that comes in pieces, so that nobody hears "asterisk asterisk". What is said does not depend on where
/// the pieces begin. What a character means may depend on what follows; until then it is held, at most <see cref="MaxHeld"/> characters, and
/// then said as it is. Text is JSON, as it stands in a frame between its quotes, and what is said is the same bytes.
/// </summary>
internal sealed class SpokenText : IDisposable
{
    /// <summary>The most characters that are held as undecided: no run of marks and no link's text is longer.</summary>
    public const int MaxHeld = 256;

    private readonly SpokenOutput _output = new();
    private readonly HeldText _held = new();
    private Mode _mode;
    private int _previous = '\n';

    // Of what is held: the character that began it, and the one in front of that.
    private int _mark;
    private int _before;

    // Whether the line has only blanks and marks so far, whether it is a table's, and whether a cell has ended in front of what is held.
    private bool _lineStart = true;
    private bool _row;
    private bool _cellEnds;

    // How many backticks close the code in the line; 0 outside of such.
    private int _codeTicks;
    private Emphasis _emphasis;
    private BareUrl _url;
    private LinkTarget _target;
    private Fence _fence;

    /// <summary>What may be said, as JSON, since it was cleared.</summary>
    public ReadOnlySpan<byte> Spoken => _output.Json;

    public void Clear() => _output.Clear();

    public void Write(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var c = JsonCharacter.First(text);
            Take(c);
            text = text[c.Raw.Length..];
        }
    }

    /// <summary>The text is at its end: what is held is decided, and another text may begin.</summary>
    public void Finish()
    {
        Take(JsonCharacter.End);
        _mode = Mode.Text;
        _previous = '\n';
        EndLine();
        _emphasis = default;
    }

    public void Dispose()
    {
        _output.Dispose();
        _held.Dispose();
    }

    private void Take(JsonCharacter c)
    {
        // What ends something held is looked at again, for what it is itself.
        while (!TryTake(c))
        {
        }

        _previous = c.Value;
    }

    private bool TryTake(JsonCharacter c) => _mode switch
    {
        Mode.Run => InRun(c),
        Mode.Word => InWord(c),
        Mode.Escape => InEscape(c),
        Mode.Url => InUrl(c),
        Mode.BracketEnd => InBracketEnd(c),
        Mode.LinkTarget => _target.Takes(c) || GoOn(Mode.Text),
        Mode.CellGap => InCellGap(c),
        Mode.FenceInfo => InFenceInfo(c),
        Mode.Code => _fence.Takes(c) || GoOn(Mode.Text),
        _ => InText(c),
    };

    private bool InText(JsonCharacter c)
    {
        var begun = Begun(c.Value);
        if (begun != Mode.Text)
        {
            _mark = c.Value;
            _before = _previous;
            return GoOn(begun);
        }

        if (c.Value == '[' && _codeTicks == 0) OpenBracket("["u8);
        else Say(c);
        return true;
    }

    private Mode Begun(int value) => value switch
    {
        '`' => Mode.Run,
        '|' when _row || _lineStart => Mode.CellGap,
        ' ' or '\t' when _row => Mode.CellGap,
        'h' or 'H' or 'w' or 'W' when !Characters.IsWord(_previous) => Mode.Word,
        _ when _codeTicks > 0 => Mode.Text,
        '*' or '_' or '~' => Mode.Run,
        '#' or '>' or '-' or '+' or '=' when _lineStart => Mode.Run,
        // Not behind a word: "Hello!" would wait for what follows.
        '!' when Characters.IsSpace(_previous) => Mode.Run,
        '<' => Mode.Word,
        '\\' => Mode.Escape,
        ']' when _output.InBracket => Mode.BracketEnd,
        _ => Mode.Text,
    };

    private bool InRun(JsonCharacter c)
    {
        if (_held.IsFull) return Release();
        if (c.Value == _mark) return Hold(c);
        if (_mark == '!' && _held.Count == 1 && c.Value == '[')
        {
            _held.Clear();
            OpenBracket("!["u8);
            _mode = Mode.Text;
            return true;
        }

        if (_lineStart && _held.Count >= 3 && _mark is '`' or '~')
        {
            _fence = new Fence(_mark, _held.Count);
            return Drop(Mode.FenceInfo);
        }

        if (_lineStart && c.IsSpace && LineMark.Is(_mark, _held.Count))
        {
            Drop(Mode.Text);
            // A blank is part of the mark; the end of the line is not.
            return c.Value is ' ' or '\t';
        }

        return (_mark == '`' ? IsCodeMark() : _emphasis.Takes(_mark, _held.Count, _before, c.Value)) ? Drop(Mode.Text) : Release();
    }

    private bool IsCodeMark()
    {
        // Inside of a word it is somebody's apostrophe.
        if (_codeTicks == 0 ? Characters.IsWord(_before) : _codeTicks != _held.Count) return false;
        _codeTicks = _codeTicks == 0 ? _held.Count : 0;
        return true;
    }

    private bool InWord(JsonCharacter c)
    {
        var word = WholeWords.Find(_held.Json, c.Value);
        if (word.IsEmpty) return Release();
        if (_held.Count + 1 < word.Length) return Hold(c);

        _held.Clear();
        if (word[^1] == '>')
        {
            _mode = Mode.Text;
            Say(JsonCharacter.First(_row ? " "u8 : "\\n"u8));
            return true;
        }

        _mode = Mode.Url;
        _url = new BareUrl(inAngles: word[0] == '<');
        _lineStart = false;
        return true;
    }

    private bool InEscape(JsonCharacter c)
    {
        if (_held.Count == 0) return Hold(c);
        if (!Characters.IsAsciiPunctuation(c.Value)) return Release();
        Drop(Mode.Text);
        Say(c);
        return true;
    }

    private bool InUrl(JsonCharacter c)
    {
        if (!_url.Takes(c)) return Release();
        if (!Characters.EndsSentence(c.Value) || _held.IsFull) _held.Clear();
        if (Characters.EndsSentence(c.Value)) Hold(c);
        return true;
    }

    private bool InBracketEnd(JsonCharacter c)
    {
        if (_held.Count == 0) return Hold(c);
        if (c.Value == '(')
        {
            _output.ReleaseLink();
            _held.Clear();
            _target = default;
            _mode = Mode.LinkTarget;
            return true;
        }

        _output.Release();
        return Release();
    }

    private bool InCellGap(JsonCharacter c)
    {
        if (c.Value == '|')
        {
            // Between two of them there was nothing, or the line beneath a table's head.
            _held.Clear();
            _row = _cellEnds = true;
            return true;
        }

        if (c.Value is ' ' or '\t' or '\r' || (_cellEnds && c.Value is '-' or ':'))
        {
            if (_held.IsFull) _held.Clear();
            return Hold(c);
        }

        var ends = _cellEnds;
        _cellEnds = false;
        if (c.EndsLine) return Drop(Mode.Text);
        if (!ends) return Release();
        if (!_lineStart) _output.Write(", "u8, 2);
        _output.Write(_held.Json.TrimStart((byte)' '), _held.Count);
        return Drop(Mode.Text);
    }

    private bool InFenceInfo(JsonCharacter c)
    {
        if (c.EndsLine)
        {
            Drop(Fence.HoldsCode(_held.Json) ? Mode.Code : Mode.Text);
            return true;
        }

        // Backticks behind backticks: no fence, but code in the line.
        var isInline = c.Value == '`' && _fence.IsBackticks;
        if (isInline) _codeTicks = _fence.Length;
        if (isInline || _held.IsFull) return Release();
        return c.Value == '\r' || Hold(c);
    }

    private void OpenBracket(ReadOnlySpan<byte> opening)
    {
        _output.Open(opening);
        _lineStart = false;
    }

    /// <summary>Goes on in another mode, in which the character is to be looked at again.</summary>
    private bool GoOn(Mode mode)
    {
        _mode = mode;
        return false;
    }

    private bool Hold(JsonCharacter c)
    {
        _held.Add(c);
        return true;
    }

    private bool Drop(Mode mode)
    {
        _held.Clear();
        return GoOn(mode);
    }

    private bool Release()
    {
        if (_held.Count > 0) _lineStart = false;
        _output.Write(_held.Json, _held.Count);
        return Drop(Mode.Text);
    }

    private void Say(JsonCharacter c)
    {
        if (c.Value == '\n') EndLine();
        else if (!c.IsSpace) _lineStart = false;
        _output.Write(c.Raw, 1);
    }

    private void EndLine()
    {
        _output.Release();
        // A blank line ends the paragraph, and with it what was never closed.
        if (_lineStart) _emphasis = default;
        _lineStart = true;
        _row = false;
        _codeTicks = 0;
    }
}
