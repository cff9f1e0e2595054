using System.Net;
using System.Text;

namespace Simulation;

/// <summary>One call that a simulated upstream gets, and how it answers, in simulated time from the call's beginning.</summary>
internal sealed class SimulatedCall
{
    private readonly List<(TimeSpan At, byte[]? Bytes)> _events = [];

    public HttpStatusCode Status { get; private init; } = HttpStatusCode.OK;

    public string ContentType { get; private init; } = "text/event-stream";

    /// <summary>When the response's headers come.</summary>
    public TimeSpan HeadersAt { get; set; }

    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>Whether there is no response but a broken connection.</summary>
    public bool IsUnreachable { get; private init; }

    /// <summary>What comes when; null is the end of the body.</summary>
    public IReadOnlyList<(TimeSpan At, byte[]? Bytes)> Events => _events;

    /// <summary>Whether the stream breaks where its events end, instead of going on in silence.</summary>
    public bool Breaks { get; private set; }

    /// <summary>Whether the gateway gave it up before its end.</summary>
    public bool WasCancelled { get; set; }

    /// <summary>The request's host, path and body, as they came.</summary>
    public Uri Uri { get; set; } = null!;

    public string Body { get; set; } = "";

    public Version Version { get; set; } = null!;

    public string? Header { get; set; }

    /// <summary>When it began, from the beginning of the simulation.</summary>
    public TimeSpan BeganAt { get; set; }

    /// <summary>An answer whose first word comes after some time, the rest at once, and whose end is proper.</summary>
    public static SimulatedCall Says(int firstTokenMs, params string[] words) => Begins(firstTokenMs, words).Ends();

    /// <summary>An answer that begins, and then says nothing more, unless told to.</summary>
    public static SimulatedCall Begins(int firstTokenMs, params string[] words)
    {
        var call = new SimulatedCall().Frame(0, "{\"role\":\"assistant\",\"content\":\"\"}");
        foreach (var (i, word) in words.Index()) call.Frame(i == 0 ? firstTokenMs : 0, $"{{\"content\":\"{word}\"}}");
        return call;
    }

    public static SimulatedCall Fails(int status, int afterMs = 0, string? body = null, string? retryAfterMs = null)
    {
        var call = new SimulatedCall { Status = (HttpStatusCode)status, ContentType = "application/json", HeadersAt = TimeSpan.FromMilliseconds(afterMs) };
        if (retryAfterMs is not null) call.Headers["retry-after-ms"] = retryAfterMs;
        return call.Raw(0, body ?? "{\"error\":{\"code\":\"x\",\"message\":\"x\"}}").Closes();
    }

    public static SimulatedCall Whole(int afterMs, string json) =>
        new SimulatedCall { ContentType = "application/json", HeadersAt = TimeSpan.FromMilliseconds(afterMs) }.Raw(0, json).Closes();

    public static SimulatedCall Unreachable(int afterMs = 0) => new() { IsUnreachable = true, HeadersAt = TimeSpan.FromMilliseconds(afterMs) };

    /// <summary>A connection, and nothing on it.</summary>
    public static SimulatedCall Silent() => new() { HeadersAt = TimeSpan.FromDays(1) };

    /// <summary>Headers and role, and nothing more.</summary>
    public static SimulatedCall Hangs() => Begins(0);

    /// <summary>A chunk with this delta, some time after what came before.</summary>
    public SimulatedCall Frame(int afterMs, string delta, string finish = "null") =>
        Raw(afterMs, $"data: {{\"id\":\"u\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n");

    public SimulatedCall Raw(int afterMs, string text)
    {
        _events.Add((Last + TimeSpan.FromMilliseconds(afterMs), Encoding.UTF8.GetBytes(text)));
        return this;
    }

    public SimulatedCall Ends(string finish = "stop", int afterMs = 0) => Frame(afterMs, "{}", $"\"{finish}\"").Raw(0, "data: [DONE]\n\n").Closes();

    /// <summary>The body ends here, whether it is whole or not.</summary>
    public SimulatedCall Closes(int afterMs = 0)
    {
        _events.Add((Last + TimeSpan.FromMilliseconds(afterMs), null));
        return this;
    }

    /// <summary>The connection breaks here.</summary>
    public SimulatedCall Resets(int afterMs = 0)
    {
        Breaks = true;
        return Closes(afterMs);
    }

    private TimeSpan Last => _events.Count == 0 ? TimeSpan.Zero : _events[^1].At;
}
