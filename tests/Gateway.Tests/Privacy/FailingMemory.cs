using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Gateway.EndUsers;
using Gateway.Memory;

namespace Gateway.Tests.Privacy;

/// <summary>A memory that is away when it is told to be: it says so, or it says nothing.</summary>
internal sealed class FailingMemory : IMemory
{
    private readonly Channel<bool> _hanging = Channel.CreateUnbounded<bool>();

    public bool Fails { get; set; }

    /// <summary>Whether it takes a call and never answers.</summary>
    public bool Hangs { get; set; }

    /// <summary>What happens while a call or a fact is remembered.</summary>
    public Func<Task> Remembering { get; set; } = static () => Task.CompletedTask;

    /// <summary>What happens once a call is written in part.</summary>
    public Func<CancellationToken, Task> HalfWay { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Of whom something is there, by the call that was remembered last.</summary>
    public ConcurrentDictionary<EndUser, string> Known { get; } = [];

    public ConcurrentQueue<EndUser> Deleted { get; } = [];

    public ConcurrentQueue<CallNotes> Remembered { get; } = [];

    /// <summary>Completes when it hangs once more.</summary>
    public Task HangingAsync() => _hanging.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

    public Task<Recollection> RecallAsync(EndUser user, CancellationToken cancellationToken) => Task.FromResult(Recollection.Nothing);

    public async Task RememberAsync(EndUser user, CallNotes call, CancellationToken cancellationToken)
    {
        if (Fails) throw new MemoryUnavailableException("Memory: away");
        if (Hangs) await HangAsync(cancellationToken);
        Remembered.Enqueue(call);
        await Remembering();
        Known[user] = call.ConversationId;
        await HalfWay(cancellationToken);
    }

    /// <summary>Hangs until nobody waits any more.</summary>
    public Task HangAsync(CancellationToken cancellationToken)
    {
        _hanging.Writer.TryWrite(true);
        return new TaskCompletionSource().Task.WaitAsync(cancellationToken);
    }

    public Task RememberAsync(EndUser user, string name, string value, CancellationToken cancellationToken) => Remembering();

    public Task DeleteAsync(EndUser user, CancellationToken cancellationToken)
    {
        if (Fails) throw new MemoryUnavailableException("Memory: away");
        Deleted.Enqueue(user);
        Known.TryRemove(user, out _);
        return Task.CompletedTask;
    }

    public Task ExportAsync(EndUser user, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        if (Fails) throw new MemoryUnavailableException("Memory: away");
        json.WriteStringValue("what is remembered");
        return Task.CompletedTask;
    }
}
