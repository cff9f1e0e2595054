using System.Buffers;
using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>
/// Copies a JSON object property by property, each with the white space before it, and minds the commas where one is dropped or added.
/// What is only kept comes out byte for byte.
/// </summary>
internal ref struct ObjectSplice
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly IBufferWriter<byte> _output;
    private int _position;
    private bool _atFirst = true;
    private bool _any;

    public ObjectSplice(ReadOnlySpan<byte> body, IBufferWriter<byte> output)
    {
        _body = body;
        _output = output;
        _position = body.IndexOf((byte)'{') + 1;
        output.Write(body[.._position]);
    }

    public void Keep(Property property)
    {
        WriteGap(property);
        _output.Write(_body[property.Start..property.End]);
    }

    /// <summary>Keeps a property but for what is edited in its value.</summary>
    public void Keep(Property property, ReadOnlySpan<Edit> edits)
    {
        WriteGap(property);
        var start = property.Start;
        foreach (var edit in edits)
        {
            _output.Write(_body[start..edit.Start]);
            _output.Write(edit.Instead.Span);
            start = edit.End;
        }

        _output.Write(_body[start..property.End]);
    }

    public void Drop(Property property) => Pass(property);

    public void Replace(Property property, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        WriteGap(property);
        WriteNameAndValue(name, value);
    }

    /// <summary>Adds a property at the end. None may be kept after it.</summary>
    public void Add(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        if (_any) _output.Write(","u8);
        _any = true;
        WriteNameAndValue(name, value);
    }

    public readonly void End() => _output.Write(_body[_position..]);

    /// <summary>What stands between the last property and this one: white space, and from the second on a comma.</summary>
    private void WriteGap(Property property)
    {
        // After dropped properties the first one kept would bring a comma of theirs.
        if (_any || _atFirst) _output.Write(_body[_position..property.Start]);
        _any = true;
        Pass(property);
    }

    private void Pass(Property property)
    {
        _position = property.End;
        _atFirst = false;
    }

    private readonly void WriteNameAndValue(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        _output.Write("\""u8);
        _output.Write(name);
        _output.Write("\":"u8);
        _output.Write(value);
    }
}
