using System.Text;
using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Simulation;

/// <summary>A turn in simulated time, and what its caller has got so far.</summary>
internal sealed class SimulatedTurn : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MemoryStream _body = new();
    private readonly string _id;
    private readonly CancellationTokenSource _hangUp = new();
    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly long _began;
    private volatile bool _reads = true;

    public SimulatedTurn(HttpContext context, TimeProvider time, ChatCompletionsHandler handler)
    {
        _context = context;
        _time = time;
        _began = time.GetTimestamp();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new Written(this)));
        // Continuations are to run where the clock is moved, and not in a test framework's queue.
        var framework = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Task = handler.HandleAsync(context, _hangUp.Token);
            _id = Headers["x-request-id"].ToString()["req_".Length..];
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(framework);
        }
    }

    public Task Task { get; }

    public int Status => _context.Response.StatusCode;

    public IHeaderDictionary Headers => _context.Response.Headers;

    /// <summary>What the caller has got, with the turn's own id written as <c>{id}</c>.</summary>
    public string Body
    {
        get
        {
            lock (_lock) return Encoding.UTF8.GetString(_body.ToArray()).Replace(_id, "{id}", StringComparison.Ordinal);
        }
    }

    /// <summary>What the caller got when: the time from the arrival, and the bytes.</summary>
    public List<(TimeSpan At, string Text)> Writes { get; } = [];

    public void HangUp() => _hangUp.Cancel();

    public void Dispose()
    {
        _hangUp.Dispose();
        _body.Dispose();
    }

    /// <summary>From here on nothing is taken from the connection, as of a caller whose network is gone.</summary>
    public void StopReading() => _reads = false;

    private sealed class Written(SimulatedTurn turn) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Add(buffer.AsSpan(offset, count));

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!turn._reads) await SimulatedDelay.WaitAsync(turn._time, TimeSpan.FromDays(1), cancellationToken);
            Add(buffer.Span);
        }

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private void Add(ReadOnlySpan<byte> bytes)
        {
            lock (turn._lock)
            {
                turn._body.Write(bytes);
                turn.Writes.Add((turn._time.GetElapsedTime(turn._began), Encoding.UTF8.GetString(bytes)));
            }
        }
    }
}
