namespace FunctionsApp.Tests.Triggers;

/// <summary>A body that neither comes nor goes: the first read or write waits until its token is cancelled.</summary>
internal sealed class HeldStream : Stream
{
    private readonly TaskCompletionSource<CancellationToken> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The token of what waits.</summary>
    public Task<CancellationToken> Held => _held.Task.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await WaitAsync(cancellationToken);
        return 0;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await WaitAsync(cancellationToken);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        _held.TrySetResult(cancellationToken);
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
    }
}
