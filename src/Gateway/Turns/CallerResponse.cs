using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Gateway.Errors;
using Gateway.Joining;
using Gateway.Requests;

namespace Gateway.Turns;

/// <summary>
/// The reader of a turn who is its caller: the response is written to directly, with no queue between, and starts with the first byte written. In a
/// turn that others may join, what is written is copied for them when it is sent.
/// </summary>
internal sealed class CallerResponse(HttpContext context, Turn turn) : IBufferWriter<byte>, IDisposable
{
    private readonly PipeWriter _writer = context.Response.BodyWriter;
    private PooledBuffer? _unshared;
    private bool _whole;

    /// <summary>The turn's other readers, where it may have any.</summary>
    public SharedTurn? Shared { get; private set; }

    /// <summary>Whether status and headers are decided; errors are in-band from here.</summary>
    public bool Started { get; private set; }

    /// <summary>Whether something is written that has not been sent.</summary>
    public bool HasUnsent { get; private set; }

    /// <summary>Whether the caller has left a turn that goes on for others.</summary>
    public bool IsGone { get; private set; }

    /// <summary>How many bytes have been written.</summary>
    public long Written { get; private set; }

    /// <summary>From here on others may read what is written.</summary>
    public void Share(SharedTurn shared)
    {
        Shared = shared;
        _unshared = new PooledBuffer();
    }

    /// <summary>The caller has hung up. The turn ends with that, unless others read it or may come to.</summary>
    public void HangUp()
    {
        if (Shared?.GoesOnWithoutLeader() != true)
        {
            turn.Deadline.HangUp();
            return;
        }

        IsGone = true;
        turn.Deadline.AbandonWrites();
    }

    public void Advance(int count)
    {
        HasUnsent = true;
        Written += count;
        if (_unshared is null) _writer.Advance(count);
        else _unshared.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (!Started) StartStream();
        return _unshared is null ? _writer.GetMemory(sizeHint) : _unshared.GetMemory(sizeHint);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (!Started) StartStream();
        return _unshared is null ? _writer.GetSpan(sizeHint) : _unshared.GetSpan(sizeHint);
    }

    /// <summary>Sends what is written.</summary>
    /// <exception cref="OperationCanceledException">Nobody reads it.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync()
    {
        HasUnsent = false;
        if (_unshared is not null) CopyToOthers();
        if (IsGone) return;
        turn.Deadline.BeginWrite();
        try
        {
            var flush = _writer.FlushAsync(turn.Deadline.WriteToken);
            if (flush.IsCompleted || Shared is not { HasFollowers: true })
            {
                await flush;
            }
            else
            {
                // A full pipe: this reader is slow, and others are waiting.
                IsGone = true;
                _ = flush.AsTask().ContinueWith(static late => late.Exception, TaskScheduler.Default);
                context.Abort();
            }
        }
        catch (Exception e) when ((e is OperationCanceledException or IOException) && Shared is not null && turn.Deadline.End is not (TurnEnd.HungUp or TurnEnd.CallerStalled))
        {
            IsGone = true;
            context.Abort();
        }

        turn.Deadline.EndWrite();
    }

    /// <summary>Answers with a whole completion instead of a stream.</summary>
    public ValueTask SendWholeAsync(ReadOnlySpan<byte> json)
    {
        Started = _whole = true;
        TurnDetails.WriteHeaders(context.Response.Headers, turn);
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
            TurnDetails.WriteHeaders(context.Response.Headers, turn);
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
        if (_unshared is not null) CopyToOthers();
        await _writer.FlushAsync(cancellationToken);
    }

    public void Dispose() => _unshared?.Dispose();

    private void StartStream()
    {
        Started = true;
        var response = context.Response;
        TurnDetails.WriteHeaders(response.Headers, turn);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        // Asks reverse proxies of nginx's kind not to hold the stream back.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private void CopyToOthers()
    {
        Shared!.Append(_unshared!.Span);
        if (!IsGone) _writer.Write(_unshared.Span);
        _unshared.Clear();
    }
}
