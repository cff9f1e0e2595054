using System.Text.Json;
using Gateway.Requests;

namespace Gateway.Speech;

/// <summary>The parts of a message's content: its text, or each entry of its list. None where the content is <c>null</c>.</summary>
internal ref struct MessageTexts(ReadOnlySpan<byte> body, Message message)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly Message _message = message;
    private Utf8JsonReader _list;
    private bool _isInList;
    private bool _isAtEnd = message.ContentStart == 0 || body[message.ContentStart] is not ((byte)'"' or (byte)'[');

    public MessagePart Current { get; private set; }

    public readonly MessageTexts GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_isAtEnd) return false;
        if (_message.HasText(_body))
        {
            Current = new MessagePart(_message.ContentStart, _message.ContentEnd, _message.ContentStart + 1, _message.ContentEnd - 1);
            return _isAtEnd = true;
        }

        if (!_isInList)
        {
            _list = new Utf8JsonReader(_body[_message.ContentStart.._message.ContentEnd]);
            _isInList = _list.Read();
        }

        _list.Read();
        if (_list.TokenType == JsonTokenType.EndArray)
        {
            _isAtEnd = true;
            return false;
        }

        Current = ReadPart();
        return true;
    }

    private MessagePart ReadPart()
    {
        var offset = _message.ContentStart;
        var start = offset + (int)_list.TokenStartIndex;
        var (textStart, textEnd) = (0, 0);
        if (_list.TokenType == JsonTokenType.StartObject)
        {
            while (_list.Read() && _list.TokenType == JsonTokenType.PropertyName)
            {
                var isText = _list.Is("text");
                _list.Read();
                if (isText && _list.TokenType == JsonTokenType.String)
                    (textStart, textEnd) = (offset + (int)_list.TokenStartIndex + 1, offset + (int)_list.BytesConsumed - 1);
                _list.Skip();
            }
        }
        else
        {
            _list.Skip();
        }

        return new MessagePart(start, offset + (int)_list.BytesConsumed, textStart, textEnd);
    }
}
