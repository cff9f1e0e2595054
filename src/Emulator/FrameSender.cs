using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Emulator;

/// <summary>Puts bytes on the wire in the shape that the script asks for: by default one write and one flush for each frame.</summary>
internal sealed class FrameSender(HttpContext context, EmulatorScript script, EmulatedRequest? entry)
{
    private const int Http2InternalError = 2;

    private static readonly byte[] Lf = "\n\n"u8.ToArray();
    private static readonly byte[] CrLf = "\r\n\r\n"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _unsent = new(1024);
    private int _frames;

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        _unsent.Write(frame.Span);
        return SendExactAsync(script.Crlf ? CrLf : Lf);
    }

    public ValueTask SendExactAsync(ReadOnlyMemory<byte> bytes)
    {
        _unsent.Write(bytes.Span);
        return ++_frames >= script.FramesPerWrite ? FlushAsync() : ValueTask.CompletedTask;
    }

    /// <summary>Sends the end of an answer, and whatever is unsent before it.</summary>
    public ValueTask SendLastAsync(ReadOnlyMemory<byte> bytes)
    {
        _unsent.Write(bytes.Span);
        entry?.MarkAnswered();
        return FlushAsync();
    }

    public async ValueTask FlushAsync()
    {
        var size = script.BytesPerWrite > 0 ? script.BytesPerWrite : Math.Max(_unsent.WrittenCount, 1);
        for (var start = 0; start < _unsent.WrittenCount; start += size)
        {
            // A write after a hang-up neither throws nor sends.
            context.RequestAborted.ThrowIfCancellationRequested();
            var written = context.Response.BodyWriter.WriteAsync(_unsent.WrittenMemory.Slice(start, Math.Min(size, _unsent.WrittenCount - start)), context.RequestAborted);
            // Not behind the await: a quick client has its byte by then, and may have hung up.
            entry?.MarkFirstByte();
            await written;
        }

        _unsent.ResetWrittenCount();
        _frames = 0;
    }

    public void Reset()
    {
        // Marked first, so that our own reset is not taken for the client's hang-up.
        entry?.MarkAnswered();
        if (context.Features.Get<IHttpResetFeature>() is { } stream)
        {
            stream.Reset(Http2InternalError);
            return;
        }

        // Abort alone may end the connection in good order (FIN); without a linger it is a reset (RST).
        if (context.Features.Get<IConnectionSocketFeature>() is { } connection)
            connection.Socket.LingerState = new LingerOption(true, 0);
        context.Abort();
    }
}
