using System.Text.Json;
using Gateway.Requests;

namespace Gateway.Relay;

/// <summary>
/// Collects the arguments of tool calls and tells when each is whole JSON, so that nobody acts on half a call.
/// </summary>
internal sealed class ToolCallTracker : IDisposable
{
    /// <summary>The index under which the deprecated <c>function_call</c> is collected.</summary>
    public const int FunctionCall = -1;

    // Most answers call nothing.
    private List<Call>? _calls;

    /// <summary>Whether there is a call whose arguments are not whole.</summary>
    public bool AnyOpen => _calls?.Exists(static call => !call.IsWhole) == true;

    public void Begin(int index) => Find(index);

    public void Append(int index, ref readonly Utf8JsonReader arguments) => Find(index).Append(in arguments);

    /// <summary>The answer has finished: a call without any arguments is whole now. Whether all are.</summary>
    public bool Finish()
    {
        _calls?.ForEach(static call => call.Finish());
        return !AnyOpen;
    }

    public void Dispose()
    {
        _calls?.ForEach(static call => call.Dispose());
    }

    private Call Find(int index)
    {
        _calls ??= [];
        foreach (var call in _calls)
        {
            if (call.Index == index) return call;
        }

        var begun = new Call(index);
        _calls.Add(begun);
        return begun;
    }

    private sealed class Call(int index) : IDisposable
    {
        private readonly PooledBuffer _arguments = new();
        private int _depth;
        private bool _inString;
        private bool _escaped;

        public int Index => index;

        public bool IsWhole { get; private set; }

        public void Append(ref readonly Utf8JsonReader text)
        {
            var start = _arguments.Length;
            // Escapes only shrink, so the raw length is enough.
            var room = _arguments.GetSpan(Math.Max(text.ValueSpan.Length, 1));
            _arguments.Advance(text.CopyString(room));

            // Only a cheap look at each byte: parsing all of it at every piece would be quadratic.
            foreach (var b in _arguments.Span[start..]) Look(b);
            IsWhole = _depth == 0 && !_inString && IsJson();
        }

        public void Finish() => IsWhole |= _arguments.Length == 0;

        public void Dispose() => _arguments.Dispose();

        private void Look(byte b)
        {
            if (_escaped) _escaped = false;
            else if (_inString && b == '\\') _escaped = true;
            else if (b == '"') _inString = !_inString;
            else if (_inString) return;
            else if (b is (byte)'{' or (byte)'[') _depth++;
            else if (b is (byte)'}' or (byte)']') _depth--;
        }

        private bool IsJson()
        {
            // Calls take objects. A number or word at the top could always go on.
            if (_arguments.Length == 0 || _arguments.Span.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..]) return false;
            try
            {
                var json = new Utf8JsonReader(_arguments.Span);
                while (json.Read())
                {
                }

                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}
