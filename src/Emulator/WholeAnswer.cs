using System.Buffers;
using System.Text.Json;

namespace Emulator;

/// <summary>One answer as a whole completion. Of the faults it knows those that a body without frames can have.</summary>
internal sealed class WholeAnswer(EmulatorScript script, Answer answer, ChatRequest request, FrameSender sender, Pacing pacing)
{
    public async Task WriteAsync(string id, long created, string model)
    {
        await pacing.WholeAsync(answer.Deltas.Count);
        var body = Body(id, created, model);
        if (script.Fault is EmulatorFault.Cut or EmulatorFault.CutReset or EmulatorFault.Garbage || (script.After is not null && script.Fault is EmulatorFault.Reset or EmulatorFault.Stall))
        {
            var half = body.Length / 2;
            await sender.SendExactAsync(body[..half]);
            await sender.FlushAsync();
            body = body[half..];
        }

        switch (script.Fault)
        {
            case EmulatorFault.Cut:
                return;
            case EmulatorFault.Garbage:
                await sender.SendExactAsync("<html>"u8.ToArray());
                break;
            case EmulatorFault.CutReset:
            case EmulatorFault.Reset:
                sender.Reset();
                return;
            case EmulatorFault.Stall when script.After is not null:
                await pacing.StallAsync(() => ValueTask.CompletedTask);
                break;
        }

        await sender.SendExactAsync(body);
        await sender.FlushAsync();
    }

    private ReadOnlyMemory<byte> Body(string id, long created, string model)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(bytes, CompletionJson.Options);
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", "chat.completion");
        json.WriteNumber("created", created);
        json.WriteString("model", model);
        json.WriteString("system_fingerprint", "fp_emulator");
        json.WriteStartArray("prompt_filter_results");
        json.WriteStartObject();
        json.WriteNumber("prompt_index", 0);
        Raw(json, "content_filter_results", ContentFilter.SafePrompt);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("choices");
        WriteChoice(json);
        json.WriteEndArray();
        json.WritePropertyName("usage");
        CompletionJson.WriteUsage(json, request, answer);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }

    private void WriteChoice(Utf8JsonWriter json)
    {
        var filtered = script.Fault == EmulatorFault.ContentFilter;
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        WriteText(json, "content", DeltaKind.Content);
        WriteText(json, "refusal", DeltaKind.Refusal);
        if (script.Reasoning is not null)
            WriteText(json, "reasoning_content", DeltaKind.Reasoning);
        if (answer.ToolCalls.Count > 0)
            WriteToolCalls(json);
        json.WriteEndObject();
        json.WritePropertyName("logprobs");
        if (request.LogProbs)
            CompletionJson.WriteLogProbs(json, answer.Deltas.Where(delta => delta.Kind == DeltaKind.Content).Select(delta => delta.Text), request.TopLogProbs);
        else
            json.WriteNullValue();
        json.WriteString("finish_reason", filtered ? "content_filter" : answer.FinishReason);
        Raw(json, "content_filter_results", filtered ? ContentFilter.Blocked : ContentFilter.Safe);
        json.WriteEndObject();
    }

    private void WriteText(Utf8JsonWriter json, string name, DeltaKind kind)
    {
        if (answer.Deltas.Exists(delta => delta.Kind == kind))
            json.WriteString(name, answer.Text(kind));
        else
            json.WriteNull(name);
    }

    private void WriteToolCalls(Utf8JsonWriter json)
    {
        json.WriteStartArray("tool_calls");
        foreach (var call in answer.ToolCalls)
        {
            json.WriteStartObject();
            json.WriteString("id", call.Id);
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", call.Name);
            json.WriteString("arguments", call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Raw(Utf8JsonWriter json, string name, ReadOnlySpan<byte> value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }
}
