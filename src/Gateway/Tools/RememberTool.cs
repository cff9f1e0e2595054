using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Options;
using Gateway.Privacy;
using Gateway.Storage;
using Microsoft.Extensions.Options;

namespace Gateway.Tools;

/// <summary>Remembers a fact of the person on the line.</summary>
internal sealed partial class RememberTool(Lazy<CallerMemories> memories, Lazy<Tombstones> tombstones, IOptions<GatewayOptions> options, TimeProvider time) : MemoryTool(memories, time)
{
    // A table answers in tens of milliseconds; somebody waits on the phone.
    private static readonly TimeSpan LookUpTime = TimeSpan.FromMilliseconds(500);

    public override string Name => "remember";

    public override string Description =>
        "Remembers one fact of the person on the line for later calls, in place of an older value of the same name. Use it when they ask for that, or tell something that will still matter.";

    public override IReadOnlyList<ToolParameter> Parameters { get; } =
    [
        new("name", "A short name of the fact in English, of lower case letters, digits and underscores, such as preferred_name or language.") { MaxLength = CallerMemory.LongestName, Pattern = FactName },
        new("value", $"The fact itself, in at most {CallerMemory.LongestValue} characters.") { MaxLength = CallerMemory.LongestValue },
    ];

    protected override JsonNode Nobody => new JsonObject { ["remembered"] = false, ["message"] = "It is not known who is on the line, so nothing can be remembered of them." };

    protected override JsonNode Away => new JsonObject { ["remembered"] = false, ["message"] = "It could not be remembered at the moment. Go on without it." };

    protected override async Task<JsonNode> RunAsync(CallerMemory memory, EndUser user, ToolCall input, CancellationToken cancellationToken)
    {
        var begun = Time.GetUtcNow();
        bool isAllowed;
        try
        {
            isAllowed = await memory.RememberAsync(user, input.Text("name")!, input.Text("value")!, cancellationToken);
        }
        catch
        {
            // It may be written all the same.
            await ForgetDeletedAsync(memory, user, begun);
            throw;
        }

        try
        {
            // Goes on behind the answer where it takes long.
            if (await ForgetDeletedAsync(memory, user, begun).WaitAsync(LookUpTime, Time, cancellationToken)) return Away;
        }
        catch (Exception e) when (e is MemoryUnavailableException or TimeoutException or OperationCanceledException)
        {
            // It is remembered, whatever this storage has to say of it: a deletion that it could not tell of has failed of it too.
        }

        return isAllowed
            ? new JsonObject { ["remembered"] = true }
            : new JsonObject { ["remembered"] = false, ["message"] = "This cannot be remembered of somebody who is known by their phone number only." };
    }

    /// <summary>Whether the end user was deleted since. Nothing of them is left then.</summary>
    private async Task<bool> ForgetDeletedAsync(CallerMemory memory, EndUser user, DateTimeOffset begun)
    {
        // Without a storage nobody can have been deleted.
        if (!options.Value.Storage.IsConfigured) return false;
        try
        {
            if (!(await tombstones.Value.FindUserAsync(user.Key, CancellationToken.None) >= begun)) return false;
            // All that is known of them is what was told before it, and this.
            await memory.Provider.DeleteAsync(user, CancellationToken.None);
            Memories.Forget(user.Key);
            return true;
        }
        catch (StorageUnavailableException e)
        {
            throw new MemoryUnavailableException(e.Message, e);
        }
    }

    [GeneratedRegex(@"^[a-z0-9_]{1,64}\z")]
    private static partial Regex FactName { get; }
}
