using System.Buffers;
using System.IO.Pipelines;

namespace Gateway.Privacy;

/// <summary>
/// A response's body for <see cref="System.IO.Compression.ZipArchive"/>, which ends an entry by synchronous writes even where it is disposed asynchronously; Kestrel refuses those.
/// They are of a few hundred bytes, so they wait in the pipe for the next asynchronous one, which waits for the reader.
/// </summary>
internal sealed class ZipOutput(PipeWriter output) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var flushed = await output.WriteAsync(buffer, cancellationToken);
        if (flushed.IsCompleted) throw new IOException("Nobody reads any more.");
    }

    public override void Flush()
    {
    }

    public override async Task FlushAsync(CancellationToken cancellationToken) => await output.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
