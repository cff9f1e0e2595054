using System.Collections.Concurrent;
using System.Text.Json;
using Gateway.EndUsers;
using Gateway.Memory;

namespace Gateway.Tests.Privacy;

/// <summary>A memory that is away when it is told to be.</summary>
internal sealed class FailingMemory : IMemory
{
    public bool Fails { get; set; }

    /// <summary>What happens while a call or a fact is remembered.</summary>
    public Func<Task> Remembering { get; set; } = static () => Task.CompletedTask;

    public ConcurrentQueue<EndUser> Deleted { get; } = [];

    public ConcurrentQueue<CallNotes> Remembered { get; } = [];

    public Task<Recollection> RecallAsync(EndUser user, CancellationToken cancellationToken) => Task.FromResult(Recollection.Nothing);

    public Task RememberAsync(EndUser user, CallNotes call, CancellationToken cancellationToken)
    {
        if (Fails) throw new MemoryUnavailableException("Memory: away");
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
