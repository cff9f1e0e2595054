using System.Text;
using Gateway.Webhooks;

namespace Gateway.Tests.Webhooks;

/// <summary>A body comes in pieces, and where they end means nothing.</summary>
public sealed class WebhookParserTests
{
    private const string Prefix = """{"type":"post_call_audio","event_timestamp":1795341600,"data":{"agent_id":"agent_1","conversation_id":"conv_1","full_audio": """;

    [Fact]
    public void Transcript_CutAtEachByte_SaysTheSame()
    {
        var body = Encoding.UTF8.GetBytes(Events.Transcription());

        for (var cut = 0; cut <= body.Length; cut++)
        {
            using var parser = Parsed(body, cut);

            Assert.Null(parser.Failure);
            Assert.Equal(("post_call_transcription", "agent_1", "conv_1"), (parser.Event.Type, parser.Event.AgentId, parser.Event.ConversationId));
            Assert.Equal(["user-1", "+4915112345678"], parser.Event.EndUsers);
            Assert.Equal([0.37, 0.5], parser.Event.TimesToFirstToken);
            Assert.Equal([0.55], parser.Event.TimesToFirstSentence);
        }
    }

    [Theory]
    [InlineData("ö", 256, true)]
    [InlineData("ö", 257, false)]
    [InlineData("\\u00f6", 256, true)]
    [InlineData("\\u00f6", 257, false)]
    [InlineData(" ", 1, false)]
    [InlineData("\\ud800", 1, false)]
    [InlineData("user \\udc00", 1, false)]
    public void User_WhomNobodyCouldAskAbout_IsNobody(string character, int length, bool isId)
    {
        using var parser = Parsed(Encoding.UTF8.GetBytes(Events.Transcription(user: string.Concat(Enumerable.Repeat(character, length)))), cut: 0);

        Assert.Null(parser.Failure);
        Assert.Equal(isId ? 2 : 1, parser.Event.EndUsers.Count);
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("user_id\\ud800")]
    [InlineData("\\udc00user_id")]
    public void Name_ThatIsNoText_IsOneThatNobodyKnows(string name)
    {
        using var parser = Parsed(Encoding.UTF8.GetBytes(Events.Transcription().Replace("\"user_id\"", $"\"{name}\"", StringComparison.Ordinal).Replace("\"call_duration_secs\"", $"\"{name}\"", StringComparison.Ordinal)), cut: 0);

        Assert.Null(parser.Failure);
        Assert.Equal(["+4915112345678"], parser.Event.EndUsers);
        Assert.Equal("A greeting.", parser.Event.Summary);
    }

    [Theory]
    [InlineData("user\\u005fid")]
    [InlineData("\\u0075\\u0073\\u0065\\u0072\\u005f\\u0069\\u0064")]
    public void Name_Escaped_IsTheSame(string name)
    {
        using var parser = Parsed(Encoding.UTF8.GetBytes(Events.Transcription().Replace("\"user_id\"", $"\"{name}\"", StringComparison.Ordinal)), cut: 0);

        Assert.Null(parser.Failure);
        Assert.Equal(["user-1", "+4915112345678"], parser.Event.EndUsers);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abc")]
    [InlineData("abcd")]
    [InlineData("??>>??>>~~~")]
    public void Audio_CutAtEachByte_IsDecoded(string recording)
    {
        var base64 = Convert.ToBase64String(Encoding.ASCII.GetBytes(recording));
        string[] spellings = [base64, base64.Replace("/", "\\/", StringComparison.Ordinal), base64.Replace("+", "\\u002B", StringComparison.Ordinal).Replace("=", "\\u003d", StringComparison.Ordinal)];

        foreach (var body in spellings.Select(spelling => Encoding.UTF8.GetBytes(Prefix + '"' + spelling + "\", \"after\": [1] } }")))
        {
            for (var cut = 0; cut <= body.Length; cut++)
            {
                using var parser = Parsed(body, cut);

                Assert.Null(parser.Failure);
                Assert.True(parser.Event.HasAudio);
                Assert.Equal(recording, Encoding.ASCII.GetString(parser.Audio.Span));
            }
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abc")]
    [InlineData("ab==abcd")]
    [InlineData("ab c")]
    [InlineData("abcd\\n")]
    [InlineData("abc\\u00e9")]
    [InlineData("abc\\u00g0")]
    [InlineData("ab\u00e9c")]
    [InlineData("=abc")]
    public void Audio_OfNoBase64_IsRefused(string text)
    {
        var body = Encoding.UTF8.GetBytes(Prefix + '"' + text + "\"}}");

        for (var cut = 0; cut <= body.Length; cut++)
        {
            using var parser = Parsed(body, cut);

            Assert.Equal("data.full_audio", parser.Failure?.Param);
        }
    }

    /// <summary>Whoever cannot sign is read as well, up to the end: a value that comes in small pieces must not be read again from its beginning for each of them.</summary>
    [Fact]
    public void Value_InManyPieces_CostsNotMuchMoreThanInOne()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"type":"x","data": {"a":"{{string.Concat(Enumerable.Repeat("\\n", 1_500_000))}}","agent_id":"agent_1"} }""");
        using var parser = new WebhookParser();

        for (var at = 0; at < body.Length; at += 1024) parser.Append(body.AsSpan(at, Math.Min(1024, body.Length - at)));
        parser.Complete();

        Assert.Null(parser.Failure);
        Assert.Equal("agent_1", parser.Event.AgentId);
        // More than a thousand times where each piece is read with all before it.
        Assert.InRange(parser.Examined / body.Length, 1, 4);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public void Value_AsLongAsThereIs_IsTakenInPiecesOfAnySize(int size)
    {
        // Two of them, so that one is unfinished where the other ends.
        var longest = new string('x', (4 * 1024 * 1024) - 2);
        Assert.Null(Read(longest).Failure);
        Assert.Equal("invalid_value", Read(longest + new string('x', size)).Failure?.Code);

        WebhookParser Read(string value)
        {
            var body = Encoding.UTF8.GetBytes($$"""{"type":"x","data":{"a":"{{longest}}","b":"{{value}}"} }""");
            using var parser = new WebhookParser();
            for (var at = 0; at < body.Length; at += size) parser.Append(body.AsSpan(at, Math.Min(size, body.Length - at)));
            parser.Complete();
            return parser;
        }
    }

    private static WebhookParser Parsed(byte[] body, int cut)
    {
        var parser = new WebhookParser();
        parser.Append(body.AsSpan(0, cut));
        parser.Append(body.AsSpan(cut));
        parser.Complete();
        return parser;
    }
}
