namespace Emulator;

/// <summary>One answer as server-sent events, with what goes wrong in it.</summary>
internal sealed class StreamedAnswer(EmulatorScript script, Answer answer, bool includeUsage, ChunkFrames frames, FrameSender sender, Pacing pacing)
{
    private const int DeltasPerVerdict = 8;

    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();
    private static readonly byte[] DoneCrlf = "data: [DONE]\r\n\r\n"u8.ToArray();
    private static readonly byte[] Comment = ": keep-alive"u8.ToArray();
    private static readonly byte[] NoJson = """data: {"choices":[{"index":0,"delta":{"content":<html>"""u8.ToArray();

    private int _said;

    public async Task WriteAsync()
    {
        if (script.Preamble)
            await sender.SendAsync(ChunkFrames.Preamble);
        if (script.Fault != EmulatorFault.PreambleOnly)
        {
            await sender.SendAsync(frames.Role());
            if (await PlayAsync(answer.Deltas.Count, n => SayAsync(answer.Deltas[n], verdict: (n + 1) % DeltasPerVerdict == 0)))
                await EndAsync(answer.FinishReason);
        }

        await sender.FlushAsync();
    }

    /// <summary>Sends exact bytes, a write for each frame: what ends in an empty line, and the rest.</summary>
    public async Task WriteExactAsync(ReadOnlyMemory<byte> bytes)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        for (; bytes.Length > 0; bytes = bytes[parts[^1].Length..])
            parts.Add(bytes[..FrameLength(bytes.Span)]);
        await PlayAsync(parts.Count, n => sender.SendExactAsync(parts[n]));
        await sender.FlushAsync();
    }

    private static int FrameLength(ReadOnlySpan<byte> bytes)
    {
        var lf = bytes.IndexOf("\n\n"u8);
        var crlf = bytes.IndexOf("\r\n\r\n"u8);
        return lf < 0 && crlf < 0 ? bytes.Length : crlf < 0 || (lf >= 0 && lf < crlf) ? lf + 2 : crlf + 4;
    }

    /// <summary>Sends one delta after the other, with the fault in its place; false: the answer ended with it.</summary>
    private async ValueTask<bool> PlayAsync(int count, Func<int, ValueTask> sendAsync)
    {
        var faultAt = script.After is { } after ? Math.Min(after, count)
            : script.Fault is EmulatorFault.Reset or EmulatorFault.Stall ? -1 // had its turn before the headers
            : script.Fault == EmulatorFault.NoEnd ? count : 0;
        for (var n = 0; n <= count; n++)
        {
            if (n < count)
                await pacing.BeforeDeltaAsync(n);
            if (n == faultAt && !await GoesOnAsync())
                return false;
            if (n < count)
                await sendAsync(n);
        }

        return true;
    }

    private async ValueTask SayAsync(Delta delta, bool verdict)
    {
        await sender.SendAsync(frames.Of(delta, answer.ToolCalls));
        if (delta.Kind == DeltaKind.Content)
            _said += delta.Text.Length;
        if (script.AsyncFilter && verdict)
            await sender.SendAsync(frames.Verdict(_said));
    }

    /// <summary>Lets the fault happen; false: the answer ended with it.</summary>
    private async ValueTask<bool> GoesOnAsync()
    {
        switch (script.Fault)
        {
            case EmulatorFault.Stall:
                await sender.FlushAsync();
                await pacing.StallAsync(FillAsync);
                return true;
            case EmulatorFault.Garbage:
                await sender.SendAsync(NoJson);
                return true;
            case EmulatorFault.Oversize:
                await sender.SendAsync(frames.Content(new string('x', script.Size)));
                return true;
            case EmulatorFault.Error:
                await sender.SendAsync(ChunkFrames.Error(AzureError.Scripted(500, script.Code)));
                return false;
            case EmulatorFault.ContentFilter:
                await EndAsync("content_filter");
                return false;
            case EmulatorFault.Cut or EmulatorFault.CutReset:
                var frame = frames.Content(" and");
                await sender.SendExactAsync(frame[..(frame.Length / 2)]);
                break;
        }

        if (script.Fault is EmulatorFault.Reset or EmulatorFault.CutReset)
        {
            await sender.FlushAsync();
            sender.Reset();
        }

        return script.Fault is not (EmulatorFault.Reset or EmulatorFault.CutReset or EmulatorFault.Cut or EmulatorFault.NoEnd);
    }

    private async Task EndAsync(string finishReason)
    {
        if (script.Fault != EmulatorFault.NoFinish)
            await sender.SendAsync(frames.Finish(finishReason));
        // The verdict on the end of the text comes when it is ready: behind the finish, too.
        if (script.AsyncFilter)
            await sender.SendAsync(frames.Verdict(_said));
        if (includeUsage && script.Usage)
            await sender.SendAsync(frames.Usage(answer));
        if (script.Fault != EmulatorFault.NoDone)
            await sender.SendLastAsync(script.Crlf ? DoneCrlf : Done);
    }

    private async ValueTask FillAsync()
    {
        if (script.StallFill == StallFill.Comments)
            await sender.SendAsync(Comment);
        else if (script.StallFill == StallFill.Deltas)
            await sender.SendAsync(frames.Content(""));
        await sender.FlushAsync();
    }
}
