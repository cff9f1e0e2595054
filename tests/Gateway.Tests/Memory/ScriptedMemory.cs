using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Gateway.EndUsers;
using Gateway.Memory;

namespace Gateway.Tests.Memory;

/// <summary>A memory that answers as it is told, and keeps what it is given.</summary>
/// <param name="answer">What it answers, by how often it was asked before.</param>
internal sealed class ScriptedMemory(Func<int, CancellationToken, Task<Recollection>> answer) : IMemory
{
    private readonly Channel<int> _asked = Channel.CreateUnbounded<int>();
    private int _count;

    public ScriptedMemory(Recollection known)
        : this((_, _) => Task.FromResult(known))
    {
    }

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _count);

    public ConcurrentQueue<(EndUser User, CallNotes Call)> Calls { get; } = [];

    public ConcurrentQueue<(EndUser User, string Name, string Value)> Facts { get; } = [];

    /// <summary>Completes when it was asked once more.</summary>
    public Task AskedAsync() => _asked.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

    public Task<Recollection> RecallAsync(EndUser user, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _count) - 1;
        var recalled = answer(number, cancellationToken);
        _asked.Writer.TryWrite(number);
        return recalled;
    }

    public Task RememberAsync(EndUser user, CallNotes call, CancellationToken cancellationToken)
    {
        Calls.Enqueue((user, call));
        return Task.CompletedTask;
    }

    public Task RememberAsync(EndUser user, string name, string value, CancellationToken cancellationToken)
    {
        Facts.Enqueue((user, name, value));
        return Task.CompletedTask;
    }

    public Task DeleteAsync(EndUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ExportAsync(EndUser user, Utf8JsonWriter json, CancellationToken cancellationToken) => throw new NotSupportedException();
}
