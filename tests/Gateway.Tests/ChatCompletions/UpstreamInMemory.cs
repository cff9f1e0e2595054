using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.ChatCompletions;

/// <summary>An upstream whose stream ends only when the test says so.</summary>
internal sealed class UpstreamInMemory(string stream) : HttpMessageHandler
{
    private readonly TaskCompletionSource _endAwaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when everything is read and the end is waited for.</summary>
    public Task EndAwaited => _endAwaited.Task;

    /// <summary>Completes when the response is given up.</summary>
    public Task Disposed => _disposed.Task;

    public void End() => _end.TrySetResult();

    public void Register(IServiceCollection services) => services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.UpstreamHttp, this);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(
        new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Body(this, Encoding.UTF8.GetBytes(stream))) { Headers = { { "Content-Type", "text/event-stream" } } } });

    private sealed class Body(UpstreamInMemory upstream, byte[] bytes) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(buffer.Length, bytes.Length - _position);
            bytes.AsSpan(_position, count).CopyTo(buffer.Span);
            _position += count;
            if (count > 0 || buffer.IsEmpty) return count;

            upstream._endAwaited.TrySetResult();
            await upstream._end.Task.WaitAsync(cancellationToken);
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            upstream._disposed.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
