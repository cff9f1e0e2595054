using System.Net;
using System.Net.Sockets;

namespace Gateway.Tests.ChatCompletions;

/// <summary>A wire between the endpoint and what it calls, on which a test can do to connections what networks do. It passes bytes on as they come.</summary>
internal sealed class CuttableWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Connection> _connections = [];
    private readonly Task _accepting;

    public CuttableWire()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where it leads; nowhere where it is null, and connections are closed at once.</summary>
    public Uri? Target { get; set; }

    /// <summary>Ends all connections, as an upstream does with those that are idle.</summary>
    public void Close() => ForEach(static connection => connection.Dispose());

    /// <summary>
    /// Forgets all connections, as a load balancer does: whoever sends something over one of them is told with a reset, or nothing at all. Completes
    /// when somebody has; where they are told nothing, when a request was lost.
    /// </summary>
    public Task ForgetAsync(bool silently)
    {
        var noticed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ForEach(connection => connection.Forget(silently, noticed));
        return noticed.Task.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        Close();
        _listener.Dispose();
        _end.Dispose();
    }

    private void ForEach(Action<Connection> action)
    {
        lock (_connections) _connections.ForEach(action);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new Connection(await _listener.AcceptSocketAsync(_end.Token));
                lock (_connections) _connections.Add(connection);
                // Looked at only now: a wire that is closed after it leads nowhere then closes every connection, this one too.
                if (Target is { } target) _ = connection.RunAsync(target.Port);
                else connection.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private sealed class Connection(Socket near) : IDisposable
    {
        // The headers of a request have more; HTTP/2's own pings and window updates, which come at any time, have less.
        private const int RequestBytes = 200;

        private readonly Socket _far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private volatile TaskCompletionSource? _forgotten;
        private volatile bool _silently;

        public async Task RunAsync(int port)
        {
            try
            {
                await _far.ConnectAsync(IPAddress.Loopback, port);
                await Task.WhenAny(PassAsync(near, _far, isFromNear: true), PassAsync(_far, near, isFromNear: false));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // What it leads to is gone, or the test has closed it.
            }
            finally
            {
                Dispose();
            }
        }

        public void Forget(bool silently, TaskCompletionSource noticed)
        {
            _silently = silently;
            _forgotten = noticed;
        }

        public void Dispose()
        {
            near.Dispose();
            _far.Dispose();
        }

        private async Task PassAsync(Socket from, Socket to, bool isFromNear)
        {
            var bytes = new byte[16 * 1024];
            var lost = 0;
            try
            {
                while (await from.ReceiveAsync(bytes) is > 0 and var count)
                {
                    if (isFromNear && _forgotten is { } noticed)
                    {
                        lost += count;
                        if (!_silently || lost >= RequestBytes) noticed.TrySetResult();
                        if (_silently) continue;
                        // With no time to linger, closing is a reset.
                        near.LingerState = new LingerOption(true, 0);
                        break;
                    }

                    await to.SendAsync(bytes.AsMemory(0, count));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // One end has closed it, or the test has.
            }
        }
    }
}
