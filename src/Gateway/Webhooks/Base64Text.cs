using System.Buffers;
using System.Buffers.Text;
using Gateway.Requests;

namespace Gateway.Webhooks;

/// <summary>The inside of a JSON string of base64, decoded as it comes.</summary>
internal sealed class Base64Text
{
    // Characters that wait for more: a whole group as well, because the last one may hold padding and is decoded as the last.
    private readonly byte[] _group = new byte[4];
    private int _length;
    private bool _isEscaped;
    private int _digits;
    private int _character;

    /// <summary>Decodes up to the closing quote, or all there is. What was used, the quote included; -1: it is not base64.</summary>
    public int Decode(ReadOnlySpan<byte> text, PooledBuffer output, out bool ended)
    {
        ended = false;
        for (var used = 0; used < text.Length;)
        {
            var next = text[used];
            if (_digits > 0 || _isEscaped)
            {
                if (!Unescape(next, output)) return -1;
                used++;
            }
            else if (next == '"')
            {
                ended = true;
                return _length is 0 or 4 && Write(_group.AsSpan(0, _length), isLast: true, output) ? used + 1 : -1;
            }
            else if (next == '\\')
            {
                _isEscaped = true;
                used++;
            }
            else
            {
                var rest = text[used..];
                var run = rest.IndexOfAny((byte)'"', (byte)'\\') is var end and >= 0 ? rest[..end] : rest;
                if (!Append(run, output)) return -1;
                used += run.Length;
            }
        }

        return text.Length;
    }

    // Some writers of JSON escape '/' and '+'. Nothing else that may be escaped is base64.
    private bool Unescape(byte next, PooledBuffer output)
    {
        if (_isEscaped)
        {
            _isEscaped = false;
            if (next == 'u') (_digits, _character) = (4, 0);
            else return next == '/' && Append("/"u8, output);
            return true;
        }

        if (!char.IsAsciiHexDigit((char)next)) return false;
        _character = (_character * 16) + Convert.ToInt32(((char)next).ToString(), 16);
        return --_digits > 0 || (_character < 128 && Append([(byte)_character], output));
    }

    private bool Append(ReadOnlySpan<byte> run, PooledBuffer output)
    {
        while (!run.IsEmpty)
        {
            if (_length == 4)
            {
                if (!Write(_group, isLast: false, output)) return false;
                _length = 0;
            }

            if (_length == 0)
            {
                var whole = (run.Length - 1) / 4 * 4;
                if (!Write(run[..whole], isLast: false, output)) return false;
                run = run[whole..];
            }

            var taken = Math.Min(4 - _length, run.Length);
            run[..taken].CopyTo(_group.AsSpan(_length));
            _length += taken;
            run = run[taken..];
        }

        return true;
    }

    private static bool Write(ReadOnlySpan<byte> groups, bool isLast, PooledBuffer output)
    {
        if (groups.IsEmpty) return true;
        var status = Base64.DecodeFromUtf8(groups, output.GetSpan(groups.Length / 4 * 3), out var used, out var written, isLast);
        output.Advance(written);
        // Blanks are skipped by the decoder, and are no base64: what is short of what the groups hold is one.
        return status == OperationStatus.Done && used == groups.Length && (isLast || written == groups.Length / 4 * 3);
    }
}
