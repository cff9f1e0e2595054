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

    public ConcurrentQueue<EndUser> Deleted { get; } = [];

    public ConcurrentQueue<CallNotes> Remembered { get; } = [];

    /// <summary>Completes when it hangs once more.</summary>
    public Task HangingAsync() => _hanging.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

    public Task<Recollection> RecallAsync(EndUser user, CancellationToken cancellationToken) => Task.FromResult(Recollection.Nothing);

    public Task RememberAsync(EndUser user, CallNotes call, CancellationToken cancellationToken)
    {
        if (Fails) throw new MemoryUnavailableException("Memory: away");
        if (Hangs)
        {
            _hanging.Writer.TryWrite(true);
            return new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }

        Remembered.Enqueue(call);
        return Remembering();
    }

    public Task RememberAsync(EndUser user, string name, string value, CancellationToken cancellationToken) => Remembering();

    public Task DeleteAsync(EndUser user, CancellationToken cancellationToken)
    {
        if (Fails) throw new MemoryUnavailableException("Memory: away");
        Deleted.Enqueue(user);
        return Task.CompletedTask;
    }

    public Task ExportAsync(EndUser user, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        if (Fails) throw new MemoryUnavailableException("Memory: away");
        json.WriteStringValue("what is remembered");
        return Task.CompletedTask;
    }
}
