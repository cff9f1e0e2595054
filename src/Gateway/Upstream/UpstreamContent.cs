using System.ClientModel;
using Gateway.Requests;

namespace Gateway.Upstream;

/// <summary>
/// The body of one attempt, and the owner of its buffer. Over HTTP/2 a response can come, and <c>SendAsync</c> return, while the body is still
/// being sent, and after a cancel the writer still runs: returning the array to the pool with the response would send the next turn's prompt
/// upstream. It is returned only when nobody writes it any more, and left to the garbage collector otherwise.
/// </summary>
internal sealed class UpstreamContent(PooledBuffer body) : BinaryContent
{
    private int _writers;
    private bool _disposed;
    private volatile bool _wasSent;

    /// <summary>Whether sending it has begun: only then can the upstream have it, and until then there was no connection.</summary>
    public bool WasSent => _wasSent;

    public override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }

    public override async Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        lock (body)
        {
            // A retry on another connection after the turn has ended.
            ObjectDisposedException.ThrowIf(_disposed, this);
            _writers++;
            _wasSent = true;
        }

        await stream.WriteAsync(body.Memory, cancellationToken);

        // Not in a finally: a write that failed or was cancelled may still be reading the array somewhere below.
        lock (body) _writers--;
    }

    public override void WriteTo(Stream stream, CancellationToken cancellationToken = default) => throw new NotSupportedException("Turns are asynchronous.");

    public override void Dispose()
    {
        lock (body)
        {
            if (_disposed) return;
            _disposed = true;
            if (_writers > 0) body.Abandon();
            else body.Dispose();
        }
    }
}
