using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Gateway.EndUsers;
using Gateway.Options;
using Gateway.Secrets;
using Microsoft.Extensions.Logging;

namespace Gateway.Memory;

/// <summary>The memories of all callers who have one.</summary>
internal sealed class CallerMemories : IDisposable
{
    private readonly FrozenDictionary<string, ConversationRecalls> _byCaller;
    private readonly FrozenDictionary<string, CallerMemory> _byAgent;
    private readonly CallerMemory? _ofAllAgents;

    /// <param name="options">The configuration.</param>
    /// <param name="provider">Makes where a caller's end users are remembered.</param>
    /// <param name="tokens">Reads identities.</param>
    /// <param name="ids">Makes keys of ids.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where failures are told.</param>
    public CallerMemories(
        GatewayOptions options, Func<MemoryOptions, IMemory> provider, EndUserTokens tokens, EndUserIds ids, MemoryMetrics metrics, TimeProvider time, ILogger<CallerMemories> log)
    {
        Metrics = metrics;
        var memories = options.Callers
            .Where(static caller => caller.Memory.Provider != MemoryProvider.None)
            .Select(caller => (caller.Agents, Memory: new CallerMemory(caller.Name, caller.Memory, provider(caller.Memory), tokens, ids, time, log)))
            .ToArray();
        _byCaller = memories.ToFrozenDictionary(static one => one.Memory.Caller, one => new ConversationRecalls(one.Memory, metrics, time, log));
        _byAgent = memories.SelectMany(static one => one.Agents, static (one, agent) => (agent, one.Memory)).ToFrozenDictionary(static one => one.agent, static one => one.Memory);
        // Another caller's agents are not theirs, with or without a memory.
        _ofAllAgents = options.Callers.Count == 1 && memories is [{ Agents.Count: 0 } only] ? only.Memory : null;
    }

    public MemoryMetrics Metrics { get; }

    /// <summary>The memories, one of each caller who has one.</summary>
    public IEnumerable<CallerMemory> All => _byCaller.Values.Select(static recalls => recalls.Memory);

    /// <summary>The memory of a caller; null where they have none.</summary>
    public CallerMemory? Of(string caller) => _byCaller.GetValueOrDefault(caller)?.Memory;

    /// <summary>What the turns of a caller recall; the caller has a memory.</summary>
    public ConversationRecalls Recalls(string caller) => _byCaller[caller];

    /// <summary>The memory that a call of this agent belongs to.</summary>
    public bool TryFindByAgent(string agentId, [NotNullWhen(true)] out CallerMemory? memory)
    {
        memory = _ofAllAgents ?? _byAgent.GetValueOrDefault(agentId);
        return memory is not null;
    }

    /// <summary>Drops what this process has recalled of an end user who was deleted, for whichever caller.</summary>
    public void Forget(string endUser)
    {
        foreach (var recalls in _byCaller.Values) recalls.Forget(endUser);
    }

    public void Dispose()
    {
        foreach (var recalls in _byCaller.Values) recalls.Dispose();
    }

    /// <summary>Where end users are remembered, by the provider that is configured. The one place that knows them all.</summary>
    public static Func<MemoryOptions, IMemory> Providers(BuiltInMemory builtIn, SecretStore secrets, Func<HttpMessageHandler> http, TimeProvider time, ILoggerFactory logs) => memory => memory.Provider switch
    {
        MemoryProvider.BuiltIn => builtIn,
        MemoryProvider.Zep => ZepMemory.Create(memory, secrets, http(), time, logs.CreateLogger<MemoryService>()),
        MemoryProvider.Mem0 => Mem0Memory.Create(memory, secrets, http(), time, logs.CreateLogger<MemoryService>()),
        var other => throw new NotSupportedException($"There is no memory of the kind {other}."),
    };
}
