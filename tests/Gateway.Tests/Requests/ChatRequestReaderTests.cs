using System.Text;
using Gateway.Errors;
using Gateway.Requests;

namespace Gateway.Tests.Requests;

public sealed class ChatRequestReaderTests
{
    private const string Messages = """[{"role":"user","content":"Hi"}]""";

    [Fact]
    public void Read_WholeRequest_FindsWhatATurnNeeds()
    {
        var request = Accept("""
            {"model":"m","stream":true,"stream_options":{"include_usage":true},"user_id":"u-1","tools":[{}],"max_tokens":-1,
             "elevenlabs_extra_body":{"conversation_id":"conv_1","nested":{"conversation_id":"other"}},
             "messages":[{"role":"system","content":"S"},{"role":"user","content":"One"},{"content":[{"role":"user"}],"role":"assistant"},{"role":"user","content":"Two"},{"role":"tool","content":"T"}]}
            """);

        Assert.Equal("m", request.Model);
        Assert.True(request.Stream);
        Assert.True(request.IncludeUsage);
        Assert.Equal("u-1", request.UserId);
        Assert.True(request.HasTools);
        Assert.Equal(0, request.MaxTokens);
        Assert.Equal("conv_1", request.ConversationId);
        Assert.Equal("tool", request.LastRole);
        Assert.Equal(2, request.TurnNumber);
    }

    [Theory]
    [InlineData("""{"gateway":{"buffer_words":false,"language":"de"}}""", false, "de")]
    [InlineData("""{"gateway":{"language":"de-AT","later":[1],"buffer_words":true},"x":1}""", true, "de-AT")]
    [InlineData("""{"gateway":{"buffer_words":0,"language":["de"]}}""", null, null)]
    [InlineData("""{"gateway":"buffer_words"}""", null, null)]
    [InlineData("""{"x":{"gateway":{"buffer_words":false}},"buffer_words":false,"language":"de"}""", null, null)]
    public void Read_ExtraBody_FindsWhatItAsksOfTheEndpoint(string extraBody, bool? bufferWords, string? language)
    {
        var request = Accept($$"""{"elevenlabs_extra_body":{{extraBody}},"messages":{{Messages}}}""");

        Assert.Equal(bufferWords, request.BufferWords);
        Assert.Equal(language, request.Language);
    }

    [Theory]
    [InlineData("\"tool_calls\":[{}]", true)]
    [InlineData("\"tool_calls\":[]", false)]
    [InlineData("\"tool_calls\":null", false)]
    [InlineData("\"function_call\":{}", true)]
    [InlineData("\"function_call\":null", false)]
    [InlineData("\"tool_calls\":[],\"function_call\":{}", true)]
    [InlineData("\"function_call\":{},\"tool_calls\":null", true)]
    public void Read_Message_KnowsWhetherItCallsATool(string fields, bool expected) =>
        Assert.Equal(expected, Accept($$"""{"messages":[{"role":"assistant",{{fields}}}]}""").Messages[0].HasToolCalls);

    [Fact]
    public void Read_NullFields_AreAbsent()
    {
        var request = Accept($$"""{"model":null,"stream":null,"stream_options":null,"user_id":null,"tools":null,"max_tokens":null,"elevenlabs_extra_body":null,"messages":{{Messages}}}""");

        Assert.Null(request.Model);
        Assert.False(request.Stream);
        Assert.False(request.HasTools);
        Assert.False(request.Has(Field.Model));
    }

    [Theory]
    [InlineData("100", 100)]
    [InlineData("0.5", 1)]
    [InlineData("1e3", 1000)]
    [InlineData("1e300", int.MaxValue)]
    [InlineData("0", 0)]
    [InlineData("-1", 0)]
    [InlineData("null", 0)]
    public void Read_TokenCaps_AreNumbersAboveZeroOrNone(string json, int cap)
    {
        Assert.Equal((cap, 0), Caps($$"""{"max_tokens":{{json}},"messages":{{Messages}}}"""));
        Assert.Equal((0, cap), Caps($$"""{"max_completion_tokens":{{json}},"messages":{{Messages}}}"""));

        static (int, int) Caps(string json) => Accept(json) is var request ? (request.MaxTokens, request.MaxCompletionTokens) : default;
    }

    [Theory]
    [InlineData("unknown_Field_1", false)]
    [InlineData("x, temperature", true)]
    [InlineData("temperature.", true)]
    [InlineData("caf\u00e9", true)]
    [InlineData("\\u0078", true)]
    [InlineData("", false)]
    public void Read_UnknownFields_AreLookedAtForNamesThatCouldBeWords(string name, bool isOdd) =>
        Assert.Equal(isOdd, Accept($$"""{"{{name}}":1,"stream_options":{"x, y":1},"messages":{{Messages}}}""").HasOddName);

    [Fact]
    public void Read_EveryFieldThatHasAName_IsFoundByIt()
    {
        foreach (var field in Enum.GetValues<Field>()[1..])
        {
            Assert.Equal(field, FieldNames.Find(field.Name));
            Assert.True((int)field < 64, "a set of fields has 64 bits");
        }

        Assert.Equal(Field.Unknown, FieldNames.Find("unknown"));
    }

    [Theory]
    [InlineData("[]", "an array without an element")]
    [InlineData("[ ]", "and one with white space in it")]
    public void Read_ToolsWithoutATool_HasNone(string tools, string why) => Assert.False(Accept($$"""{"tools":{{tools}},"messages":{{Messages}}}""").HasTools, why);

    [Theory]
    [InlineData("", "invalid_json", null)]
    [InlineData("  ", "invalid_json", null)]
    [InlineData("null", "invalid_json", null)]
    [InlineData("[]", "invalid_json", null)]
    [InlineData("\"messages\"", "invalid_json", null)]
    [InlineData("{", "invalid_json", null)]
    [InlineData("{}x", "invalid_json", null)]
    [InlineData("""{"messages":[{"role":"user"}]} {}""", "invalid_json", null)]
    [InlineData("""{"messages":[{"role":"user"}],}""", "invalid_json", null)]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}],"model":"\ud800"}""", "invalid_json", null)]
    [InlineData("""{"\ud800":1,"messages":[{"role":"user"}]}""", "invalid_json", null)]
    [InlineData("{}", "missing_required_parameter", "messages")]
    [InlineData("""{"messages":null}""", "missing_required_parameter", "messages")]
    [InlineData("""{"messages":[]}""", "invalid_value", "messages")]
    [InlineData("""{"messages":{}}""", "invalid_type", "messages")]
    [InlineData("""{"messages":"Hi"}""", "invalid_type", "messages")]
    [InlineData("""{"messages":[{"role":"user"},"Hi"]}""", "invalid_type", "messages[1]")]
    [InlineData("""{"messages":[{"role":1}]}""", "invalid_type", "messages[0].role")]
    [InlineData("""{"messages":[{"role":null}]}""", "invalid_type", "messages[0].role")]
    [InlineData("""{"model":1,"messages":[{"role":"user"}]}""", "invalid_type", "model")]
    [InlineData("""{"user_id":{},"messages":[{"role":"user"}]}""", "invalid_type", "user_id")]
    [InlineData("""{"stream":"true","messages":[{"role":"user"}]}""", "invalid_type", "stream")]
    [InlineData("""{"stream_options":[],"messages":[{"role":"user"}]}""", "invalid_type", "stream_options")]
    [InlineData("""{"stream_options":{"include_usage":1},"messages":[{"role":"user"}]}""", "invalid_type", "stream_options.include_usage")]
    [InlineData("""{"max_tokens":"9","messages":[{"role":"user"}]}""", "invalid_type", "max_tokens")]
    [InlineData("""{"max_completion_tokens":[],"messages":[{"role":"user"}]}""", "invalid_type", "max_completion_tokens")]
    [InlineData("""{"elevenlabs_extra_body":"x","messages":[{"role":"user"}]}""", "invalid_type", "elevenlabs_extra_body")]
    [InlineData("""{"tools":{},"messages":[{"role":"user"}]}""", "invalid_type", "tools")]
    [InlineData("""{"model":"a","model":"b","messages":[{"role":"user"}]}""", "duplicate_field", "model")]
    [InlineData("""{"model":"a","mod\u0065l":"b","messages":[{"role":"user"}]}""", "duplicate_field", "model")]
    [InlineData("""{"messages":[{"role":"user"}],"messages":null}""", "duplicate_field", "messages")]
    public void Read_BadRequest_IsRefusedByName(string json, string code, string? param)
    {
        var failure = Read(json, out _);

        Assert.Equal(code, failure?.Code);
        Assert.Equal(param, failure?.Param);
        Assert.Equal(400, failure?.Status);
    }

    [Fact]
    public void Read_MoreFieldsThanAnyRequestHas_IsRefused()
    {
        var fields = string.Join(",", Enumerable.Range(0, 300).Select(i => $"\"f{i}\":0"));

        Assert.Equal("too_many_fields", Read($$"""{{{fields}},"messages":{{Messages}}}""", out _)?.Code);
    }

    [Fact]
    public void Read_MoreMessagesThanAzureTakes_IsRefused()
    {
        var messages = string.Join(",", Enumerable.Repeat("""{"role":"user"}""", 2048));

        Assert.Null(Read($$"""{"messages":[{{messages}}]}""", out _));
        Assert.Equal("array_above_max_length", Read($$"""{"messages":[{{messages}},{"role":"user"}]}""", out _)?.Code);
    }

    [Fact]
    public void Read_Messages_AreFoundWithTheirContent()
    {
        const string Json = """{"messages":[ {"content":"Hi \"you\"","role":"user"},{"role":"assistant","content":null,"tool_calls":[{}]},{"role":"tool"},{"role":"nobody","content":[{"type":"text"}]}]}""";

        Assert.Null(Read(Json, out var request));

        var found = request.Messages.ToArray().Select(message =>
            (message.Role, Json[message.Start..message.End], Json[message.ContentStart..message.ContentEnd], message.HasToolCalls, message.HasText(request.Body.Span)));
        Assert.Equal(
            [
                ("user", """{"content":"Hi \"you\"","role":"user"}""", """
                "Hi \"you\""
                """, false, true),
                ("assistant", """{"role":"assistant","content":null,"tool_calls":[{}]}""", "null", true, false),
                ("tool", """{"role":"tool"}""", "", false, false),
                ("other", """{"role":"nobody","content":[{"type":"text"}]}""", """[{"type":"text"}]""", false, false),
            ],
            found);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Read_DepthAttack_IsRefused(string open, string close)
    {
        var value = string.Concat(Enumerable.Repeat(open, 100_000)) + "0" + string.Concat(Enumerable.Repeat(close, 100_000));

        Assert.Equal("invalid_json", Read($$"""{"metadata":{{value}},"messages":{{Messages}}}""", out _)?.Code);
    }

    [Fact]
    public void Read_InvalidUtf8_IsRefused()
    {
        byte[] body = [.. """{"messages":[{"role":"user","content":" """u8, 0xC3, 0x28, .. "\"}]}"u8];

        Assert.Equal("invalid_json", ChatRequestReader.TryRead(body, out _)?.Code);
    }

    [Fact]
    public void Read_BrokenJson_MessageQuotesNothingOfIt()
    {
        var failure = Read("""{"messages":[{"role":"user","content":"secret"}] secret}""", out _);

        Assert.Equal("invalid_json", failure?.Code);
        Assert.DoesNotContain("secret", failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'s'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MutatedRequests_NeverThrow()
    {
        var seeds = new[]
        {
            """{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true,"max_tokens":-1,"user_id":"u","elevenlabs_extra_body":{"conversation_id":"c"}}""",
            """{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}}]}],"tools":[],"stream_options":{"include_usage":false}}""",
        };
        var random = new Random(20261122);
        var refused = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var body = Encoding.UTF8.GetBytes(seeds[i % seeds.Length]).ToList();
            for (var edits = random.Next(1, 6); edits > 0; edits--) Mutate(body, random);

            if (ChatRequestReader.TryRead(body.ToArray(), out var request) is { } failure)
            {
                refused++;
                Assert.InRange(failure.Status, 400, 413);
            }
            else
            {
                Assert.True(request.Has(Field.Messages));
            }
        }

        Assert.InRange(refused, 1_000, 49_999);
    }

    private static void Mutate(List<byte> body, Random random)
    {
        ReadOnlySpan<byte> tokens = "{}[]\",:\\ud0-9.eEtn\0\xFF"u8;
        var at = random.Next(body.Count);
        switch (random.Next(4))
        {
            case 0:
                body[at] = tokens[random.Next(tokens.Length)];
                break;
            case 1:
                body.Insert(at, tokens[random.Next(tokens.Length)]);
                break;
            case 2 when body.Count > 1:
                body.RemoveAt(at);
                break;
            default:
                var length = random.Next(1, Math.Min(40, body.Count - at) + 1);
                body.InsertRange(random.Next(body.Count), body.GetRange(at, length));
                break;
        }
    }

    private static ChatRequest Accept(string json)
    {
        Assert.Null(Read(json, out var request));
        return request;
    }

    private static Failure? Read(string json, out ChatRequest request) => ChatRequestReader.TryRead(Encoding.UTF8.GetBytes(json), out request);
}
