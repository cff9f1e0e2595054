namespace Emulator;

/// <summary>What is said, piece by piece: the same for a stream and a whole completion.</summary>
internal sealed class Answer
{
    private const string Filler = "This is text without a meaning, said to fill the time of a test.";

    /// <param name="script">What to say.</param>
    /// <param name="number">Makes the ids of tool calls differ from turn to turn.</param>
    public Answer(EmulatorScript script, long number)
    {
        ToolCalls = [.. (script.ToolCalls ?? []).Select((call, index) => call.Id is null ? call with { Id = $"call_emulator_{number}_{index}" } : call)];
        AddWords(DeltaKind.Reasoning, script.Reasoning);
        AddContent(script);
        AddWords(DeltaKind.Refusal, script.Refusal);
        AddToolCalls(script.Interleaved);
        FinishReason = script.FinishReason ?? (ToolCalls.Count > 0 ? "tool_calls" : "stop");
    }

    public List<Delta> Deltas { get; } = [];

    public IReadOnlyList<ScriptedToolCall> ToolCalls { get; }

    public string FinishReason { get; }

    private void AddContent(EmulatorScript script)
    {
        if (script.Deltas is { } exact)
            Deltas.AddRange(exact.Select(text => new Delta(DeltaKind.Content, text)));
        else if (script.Chunks is not { } chunks)
            AddWords(DeltaKind.Content, script.Text);
        else
            while (chunks > 0)
                chunks -= AddWords(DeltaKind.Content, (Deltas.Count > 0 ? " " : "") + (script.Text ?? Filler), chunks);
    }

    /// <summary>A word takes the spaces before it along, as a model's tokens do.</summary>
    private int AddWords(DeltaKind kind, string? text, int limit = int.MaxValue)
    {
        var count = 0;
        for (var start = 0; start < text?.Length && count < limit; count++)
        {
            var end = start;
            while (end < text.Length && text[end] == ' ')
                end++;
            while (end < text.Length && text[end] != ' ')
                end++;
            Deltas.Add(new(kind, text[start..end]));
            start = end;
        }

        return Math.Max(count, 1);
    }

    private void AddToolCalls(bool interleaved)
    {
        var pieces = ToolCalls.Select((call, index) => Pieces(call, index).ToList()).ToList();
        if (interleaved)
            Deltas.AddRange(Enumerable.Range(0, pieces.Max(list => (int?)list.Count) ?? 0).SelectMany(round => pieces.Where(list => round < list.Count).Select(list => list[round])));
        else
            Deltas.AddRange(pieces.SelectMany(list => list));
    }

    private static IEnumerable<Delta> Pieces(ScriptedToolCall call, int index)
    {
        yield return new(DeltaKind.ToolName, call.Name, index);
        var text = call.Arguments;
        for (int piece = 0, start = 0; piece < call.Pieces && start < text.Length; piece++)
        {
            var end = (int)((piece + 1L) * text.Length / call.Pieces);
            // Half a surrogate pair cannot be written as UTF-8.
            if (end < text.Length && char.IsLowSurrogate(text[end]))
                end++;
            if (end == start)
                continue;
            yield return new(DeltaKind.ToolArguments, text[start..end], index);
            start = end;
        }
    }
}
