using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Gateway.Errors;

namespace Gateway.Turns;

/// <summary>
/// The reader of a turn who is its caller: the response is written to directly, with no queue between, and starts with the first byte written.
/// </summary>
internal sealed class CallerResponse(HttpContext context, TurnDeadline deadline) : IBufferWriter<byte>
{
    private readonly PipeWriter _writer = context.Response.BodyWriter;
    private bool _whole;

    /// <summary>Whether status and headers are decided; errors are in-band from here.</summary>
    public bool Started { get; private set; }

    /// <summary>Whether something is written that has not been sent.</summary>
    public bool HasUnsent { get; private set; }

    public void Advance(int count)
    {
        HasUnsent = true;
        _writer.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (!Started) StartStream();
        return _writer.GetMemory(sizeHint);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (!Started) StartStream();
        return _writer.GetSpan(sizeHint);
    }

    /// <summary>Sends what is written.</summary>
    /// <exception cref="OperationCanceledException">Nobody reads it.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync()
    {
        HasUnsent = false;
        deadline.BeginWrite();
        await _writer.FlushAsync(deadline.WriteToken);
        deadline.EndWrite();
    }

    /// <summary>Answers with a whole completion instead of a stream.</summary>
    public ValueTask SendWholeAsync(ReadOnlySpan<byte> json)
    {
        Started = _whole = true;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        this.Write(json);
        return SendAsync();
    }

    /// <summary>Tells the caller what went wrong: as the response where there is none yet, else as its last frame.</summary>
    public async ValueTask FailAsync(Failure failure, CancellationToken cancellationToken)
    {
        if (!Started)
        {
            Started = true;
            await ErrorEnvelope.WriteAsync(context.Response, failure, cancellationToken);
            return;
        }

        if (_whole)
        {
            // Nothing can be said behind a whole answer; a cut one must not look like one.
            context.Abort();
            return;
        }

        ErrorEnvelope.WriteFrame(this, failure);
        await _writer.FlushAsync(cancellationToken);
    }

    private void StartStream()
    {
        Started = true;
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        // Asks reverse proxies of nginx's kind not to hold the stream back.
        response.Headers["X-Accel-Buffering"] = "no";
    }
}
