namespace Simulation;

/// <summary>The body of a simulated response: each of its events when it is due, and silence after the last.</summary>
internal sealed class SimulatedBody(TimeProvider time, SimulatedCall call) : Stream
{
    private readonly long _began = time.GetTimestamp();
    private int _next;
    private int _offset;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            call.WasCancelled = true;
            throw;
        }

        var (_, bytes) = call.Events[_next];
        if (bytes is null)
        {
            _ended = true;
            return call.Breaks ? throw new IOException("reset") : 0;
        }

        var count = Math.Min(buffer.Length, bytes.Length - _offset);
        bytes.AsSpan(_offset, count).CopyTo(buffer.Span);
        _offset += count;
        if (_offset == bytes.Length) (_next, _offset) = (_next + 1, 0);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        call.WasCancelled |= !_ended;
        base.Dispose(disposing);
    }

    private Task WaitAsync(CancellationToken cancellationToken) => _next < call.Events.Count
        ? SimulatedDelay.WaitAsync(time, call.Events[_next].At - time.GetElapsedTime(_began), cancellationToken)
        : SimulatedDelay.WaitAsync(time, TimeSpan.FromDays(1), cancellationToken);
}
