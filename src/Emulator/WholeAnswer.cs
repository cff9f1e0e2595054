using System.Text;

namespace Emulator;

/// <summary>One answer as a whole completion. Of the faults it knows those that a body without frames can have.</summary>
internal sealed class WholeAnswer(EmulatorScript script, Answer answer, ChatRequest request, FrameSender sender, Pacing pacing)
{
    public async Task WriteAsync(string id, long created, string model)
    {
        await pacing.WholeAsync(answer.Deltas.Count);
        ReadOnlyMemory<byte> body = Encoding.UTF8.GetBytes(Body(id, created, model));
        var hasFault = script.Fault is EmulatorFault.Cut or EmulatorFault.CutReset or EmulatorFault.Garbage || (script.Fault is EmulatorFault.Reset or EmulatorFault.Stall && script.After is not null);
        if (!hasFault)
        {
            await sender.SendLastAsync(body);
            return;
        }

        await sender.SendExactAsync(body[..(body.Length / 2)]);
        await sender.FlushAsync();
        if (script.Fault is EmulatorFault.Reset or EmulatorFault.CutReset)
            sender.Reset();
        if (script.Fault is not (EmulatorFault.Stall or EmulatorFault.Garbage))
            return;
        if (script.Fault == EmulatorFault.Stall)
            await pacing.StallAsync(() => ValueTask.CompletedTask);
        else
            await sender.SendExactAsync("<html>"u8.ToArray());
        await sender.SendLastAsync(body[(body.Length / 2)..]);
    }

    private string Body(string id, long created, string model)
    {
        var isFiltered = script.Fault == EmulatorFault.ContentFilter;
        var content = answer.Deltas.Where(delta => delta.Kind == DeltaKind.Content);
        var calls = answer.ToolCalls.Select(call =>
            $$$"""{"id":{{{CompletionJson.TextOrNull(call.Id)}}},"type":"function","function":{"name":{{{CompletionJson.Text(call.Name)}}},"arguments":{{{CompletionJson.Text(call.Arguments)}}}}}""");
        return $$"""
            {"id":"{{id}}","object":"chat.completion","created":{{created}},"model":{{CompletionJson.Text(model)}},"system_fingerprint":"fp_emulator",
            "prompt_filter_results":[{"prompt_index":0,"content_filter_results":{{ContentFilter.SafePrompt}}}],
            "choices":[{"index":0,"message":{"role":"assistant","content":{{Said(DeltaKind.Content)}},"refusal":{{Said(DeltaKind.Refusal)}}
            {{(script.Reasoning is null ? "" : ",\"reasoning_content\":" + Said(DeltaKind.Reasoning))}}
            {{(answer.ToolCalls.Count == 0 ? "" : $",\"tool_calls\":[{string.Join(',', calls)}]")}}
            },"logprobs":{{(request.LogProbs ? CompletionJson.LogProbs(content, request.TopLogProbs) : "null")}},"finish_reason":{{CompletionJson.Text(isFiltered ? "content_filter" : answer.FinishReason)}},
            "content_filter_results":{{(isFiltered ? ContentFilter.Blocked : ContentFilter.Safe)}}}],"usage":{{CompletionJson.Usage(request, answer)}}}
            """.ReplaceLineEndings("");
    }

    private string Said(DeltaKind kind) =>
        answer.Deltas.Exists(delta => delta.Kind == kind) ? CompletionJson.Text(string.Concat(answer.Deltas.Where(delta => delta.Kind == kind).Select(delta => delta.Text))) : "null";
}
