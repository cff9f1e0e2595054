using System.Text.Json.Nodes;
using Gateway.Memory;

namespace Gateway.Tools;

/// <summary>A tool over a caller's memory. The agent is told in words when there is nobody, or the memory is away: a call goes on without it.</summary>
internal abstract class MemoryTool(Lazy<CallerMemories> memories, TimeProvider time) : ServerTool
{
    // Somebody waits on the phone.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    public sealed override TimeSpan Timeout => TimeSpan.FromSeconds(5);

    protected CallerMemories Memories => memories.Value;

    protected TimeProvider Time => time;

    /// <summary>What the agent is told where nobody is identified.</summary>
    protected abstract JsonNode Nobody { get; }

    /// <summary>What the agent is told where the memory is away.</summary>
    protected abstract JsonNode Away { get; }

    public sealed override async Task<JsonNode> RunAsync(ToolCall input, CancellationToken cancellationToken)
    {
        if (input.EndUser is not { } user || memories.Value.Of(input.Caller) is not { } memory) return Nobody;
        using var timeout = new CancellationTokenSource(Budget, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            // On a thread of its own, and not waited for longer, whatever the memory does with its token.
            return await Task.Run(() => RunAsync(memory, user, input, either.Token), CancellationToken.None).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Away;
        }
        catch (MemoryUnavailableException)
        {
            return Away;
        }
    }

    protected abstract Task<JsonNode> RunAsync(CallerMemory memory, EndUsers.EndUser user, ToolCall input, CancellationToken cancellationToken);
}
