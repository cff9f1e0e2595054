using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Speech;

namespace Gateway.Turns;

/// <summary>Writes what the endpoint says itself, in a model's form: buffer words, and the words or the tool call in place of an answer.</summary>
internal sealed class SpokenAnswer(Turn turn, CallerResponse reader)
{
    private readonly string _id = turn.RequestId["req_".Length..];
    private readonly long _created = turn.Time.GetUtcNow().ToUnixTimeSeconds();
    private bool _hasRole;

    // What was not generated was not counted either.
    private static ReadOnlySpan<byte> NoUsage => "\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}}"u8;

    /// <summary>Says something, as a JSON string, with more to come. The first delta carries the role.</summary>
    public void Say(ReadOnlySpan<byte> text) => WriteDelta([.. "\"content\":"u8, .. text]);

    /// <summary>Answers with this alone.</summary>
    public ValueTask AnswerAsync(SpokenReply reply)
    {
        if (!turn.Request!.Stream) return reader.SendWholeAsync(Whole(reply));

        if (reply.Tool is null) Say(reply.ContentJson!.Value.Span);
        else WriteDelta([.. _hasRole ? ""u8 : "\"content\":null,"u8, .. "\"tool_calls\":[{\"index\":0,"u8, .. Call(reply), .. "]"u8]);
        return FinishAsync(Reason(reply));
    }

    /// <summary>Ends a turn to which nothing more comes: a stream in which something was said, by whomever, as it is, any other with the fallback.</summary>
    public ValueTask EndAsync(bool hasSpoken)
    {
        if (hasSpoken) return FinishAsync("stop"u8);
        turn.Spoken = SpokenAs.Fallback;
        return AnswerAsync(turn.Speech.Fallback(FallbackReason.Failed));
    }

    private ValueTask FinishAsync(ReadOnlySpan<byte> reason)
    {
        WriteChunk([.. "[{\"index\":0,\"delta\":{},\"finish_reason\":\""u8, .. reason, .. "\"}]}"u8]);
        if (turn.Request!.IncludeUsage) WriteChunk([.. "[],"u8, .. NoUsage]);
        TurnDetails.WriteEnd(turn, reader);
        return reader.SendAsync();
    }

    private void WriteDelta(ReadOnlySpan<byte> delta)
    {
        WriteChunk([.. "[{\"index\":0,\"delta\":{"u8, .. _hasRole ? ""u8 : "\"role\":\"assistant\","u8, .. delta, .. "},\"finish_reason\":null}]}"u8]);
        _hasRole = true;
    }

    private void WriteChunk(ReadOnlySpan<byte> choices) => reader.Write([.. "data: "u8, .. Head("chat.completion.chunk"), .. choices, .. "\n\n"u8]);

    private byte[] Head(string kind) =>
    [
        .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":\"chatcmpl-{_id}\",\"object\":\"{kind}\",\"created\":{_created},\"model\":")),
        .. turn.Route!.ModelJson,
        .. ",\"choices\":"u8,
    ];

    private byte[] Whole(SpokenReply reply) =>
    [
        .. Head("chat.completion"),
        .. "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"u8,
        .. reply.Tool is null ? reply.ContentJson!.Value.Span : [.. "null,\"tool_calls\":[{"u8, .. Call(reply), .. "]"u8],
        .. "},\"finish_reason\":\""u8,
        .. Reason(reply),
        .. "\"}],"u8,
        .. NoUsage,
    ];

    /// <summary>The rest of a call's object.</summary>
    private byte[] Call(SpokenReply reply) =>
    [
        .. Encoding.UTF8.GetBytes($"\"id\":\"call_{_id}\",\"type\":\"function\",\"function\":{{\"name\":\"{JsonEncodedText.Encode(reply.Tool!)}\",\"arguments\":"),
        .. reply.ArgumentsJson!.Value.Span,
        .. "}}"u8,
    ];

    private static ReadOnlySpan<byte> Reason(SpokenReply reply) => reply.Tool is null ? "stop"u8 : "tool_calls"u8;
}
