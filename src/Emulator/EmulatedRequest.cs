using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Extensions;

namespace Emulator;

/// <summary>A request as it arrived, and what became of it. Times are measured from the emulator's start, on its clock.</summary>
public sealed class EmulatedRequest
{
    private readonly TaskCompletionSource<TimeSpan> _firstByte = NewSource();
    private readonly TaskCompletionSource<TimeSpan> _completed = NewSource();
    private readonly TaskCompletionSource<TimeSpan> _aborted = NewSource();
    private readonly Func<TimeSpan> _now;
    private volatile bool _isAnswered;

    internal EmulatedRequest(HttpContext context, string deployment, Func<TimeSpan> now)
    {
        _now = now;
        Started = now();
        Method = context.Request.Method;
        PathAndQuery = context.Request.GetEncodedPathAndQuery();
        Protocol = context.Request.Protocol;
        Headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        ConnectionId = context.Connection.Id;
        Deployment = deployment;
    }

    /// <summary>The method.</summary>
    public string Method { get; }

    /// <summary>The path and query as they were on the wire.</summary>
    [SuppressMessage("Design", "CA1056", Justification = "Two parts of a URI, compared as text.")]
    public string PathAndQuery { get; }

    /// <summary><c>HTTP/1.1</c> or <c>HTTP/2</c>.</summary>
    public string Protocol { get; }

    /// <summary>The headers; several values of a name are joined by a comma.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The bytes of the body. Under an <see cref="EmulatorScript.Early"/> answer they are there only once <see cref="Completed"/> is.</summary>
    public ReadOnlyMemory<byte> Body { get; internal set; }

    /// <summary>Says which requests shared a connection.</summary>
    public string ConnectionId { get; }

    /// <summary>The deployment in the path, or on the v1 path the model in the body; empty when there is none.</summary>
    public string Deployment { get; internal set; }

    /// <summary>When its headers had arrived.</summary>
    public TimeSpan Started { get; }

    /// <summary>Completes when the first byte of the answer's body was sent, with the time; never without one.</summary>
    public Task<TimeSpan> FirstByte => _firstByte.Task;

    /// <summary>Completes when the emulator is done with it, whatever its end, with the time.</summary>
    public Task<TimeSpan> Completed => _completed.Task;

    /// <summary>Completes when the client hung up before the answer's last byte was written, with the time; never without that. A reset by a script is none.</summary>
    public Task<TimeSpan> Aborted => _aborted.Task;

    internal void MarkFirstByte() => _firstByte.TrySetResult(_now());

    internal void MarkCompleted() => _completed.TrySetResult(_now());

    /// <summary>From here on a hang-up is none: a client that has its <c>[DONE]</c> need not wait for the end of the body.</summary>
    internal void MarkAnswered() => _isAnswered = true;

    internal void MarkAborted()
    {
        if (!_isAnswered)
            _aborted.TrySetResult(_now());
    }

    private static TaskCompletionSource<TimeSpan> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
