using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Speech;

namespace Gateway.Turns;

/// <summary>Writes what the endpoint says itself, in a model's form: buffer words, and the words or the tool call in place of an answer.</summary>
internal sealed class SpokenAnswer(Turn turn, CallerResponse reader)
{
    // What was not generated was not counted either.
    private const string NoUsage = "\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}}";

    private readonly string _id = turn.RequestId["req_".Length..];
    private readonly long _created = turn.Time.GetUtcNow().ToUnixTimeSeconds();
    private bool _hasRole;

    /// <summary>Says something, as a JSON string, with more to come. The first delta carries the role.</summary>
    public void Say(ReadOnlySpan<byte> text) => WriteDelta([.. "\"content\":"u8, .. text]);

    /// <summary>Answers with this alone.</summary>
    public ValueTask AnswerAsync(SpokenReply reply)
    {
        if (!turn.Request!.Stream) return reader.SendWholeAsync(Whole(reply));

        if (reply.Tool is null) Say(reply.ContentJson!.Value.Span);
        else WriteDelta([.. _hasRole ? ""u8 : "\"content\":null,"u8, .. "\"tool_calls\":[{\"index\":0,"u8, .. Call(reply), .. "]"u8]);
        return FinishAsync(reply.Tool is null ? "\"stop\"" : "\"tool_calls\"");
    }

    /// <summary>Ends a turn to which nothing more comes: a stream in which something was said, by whomever, as it is, any other with the fallback.</summary>
    public ValueTask EndAsync(bool hasSpoken)
    {
        if (hasSpoken) return FinishAsync("\"stop\"");
        turn.Spoken = SpokenAs.Fallback;
        return AnswerAsync(turn.Speech.Fallback(FallbackReason.Failed));
    }

    private ValueTask FinishAsync(string reason)
    {
        WriteChunk($"[{{\"index\":0,\"delta\":{{}},\"finish_reason\":{reason}}}]}}");
        if (turn.Request!.IncludeUsage) WriteChunk($"[],{NoUsage}");
        TurnDetails.WriteEnd(turn, reader);
        return reader.SendAsync();
    }

    private void WriteDelta(ReadOnlySpan<byte> delta)
    {
        Write("data: ");
        WriteHead("chat.completion.chunk");
        Write(_hasRole ? "[{\"index\":0,\"delta\":{" : "[{\"index\":0,\"delta\":{\"role\":\"assistant\",");
        reader.Write(delta);
        Write("},\"finish_reason\":null}]}\n\n");
        _hasRole = true;
    }

    private void WriteChunk(string choices)
    {
        Write("data: ");
        WriteHead("chat.completion.chunk");
        Write(choices);
        Write("\n\n");
    }

    private void WriteHead(string kind) => reader.Write(Head(kind));

    private void Write(string text) => Encoding.UTF8.GetBytes(text, reader);

    private byte[] Head(string kind) =>
    [
        .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":\"chatcmpl-{_id}\",\"object\":\"{kind}\",\"created\":{_created},\"model\":")),
        .. turn.Route!.ModelJson,
        .. ",\"choices\":"u8,
    ];

    /// <summary>The rest of a call's object.</summary>
    private byte[] Call(SpokenReply reply) =>
    [
        .. Encoding.UTF8.GetBytes($"\"id\":\"call_{_id}\",\"type\":\"function\",\"function\":{{\"name\":\"{JsonEncodedText.Encode(reply.Tool!)}\",\"arguments\":"),
        .. reply.ArgumentsJson!.Value.Span,
        .. "}}"u8,
    ];

    private byte[] Whole(SpokenReply reply) => reply.Tool is null
        ? [.. Head("chat.completion"), .. "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"u8, .. reply.ContentJson!.Value.Span, .. "},\"finish_reason\":\"stop\"}],"u8, .. Encoding.UTF8.GetBytes(NoUsage)]
        : [
            .. Head("chat.completion"),
            .. "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{"u8,
            .. Call(reply),
            .. "]},\"finish_reason\":\"tool_calls\"}],"u8,
            .. Encoding.UTF8.GetBytes(NoUsage),
        ];
}
