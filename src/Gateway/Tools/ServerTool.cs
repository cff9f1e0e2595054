using System.Text.Json.Nodes;

namespace Gateway.Tools;

/// <summary>
/// Something that an agent can do through this endpoint: a webhook tool of ElevenLabs. One class for each, registered by <see cref="ToolServices.AddServerTool{T}"/>; its route,
/// the check of what comes in and its description for ElevenLabs follow from what it declares (docs/tools.md).
/// </summary>
public abstract class ServerTool
{
    /// <summary>Its name, in the route and for the model: 1 to 64 of <c>a</c> to <c>z</c>, <c>0</c> to <c>9</c> and <c>_</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it does and when the model is to use it.</summary>
    public abstract string Description { get; }

    /// <summary>What the model gives it.</summary>
    public virtual IReadOnlyList<ToolParameter> Parameters => [];

    /// <summary>How long it may take; then the agent is told that it took too long. Default: 20 s, as long as ElevenLabs waits. At most 120 s.</summary>
    public virtual TimeSpan Timeout => TimeSpan.FromSeconds(20);

    /// <summary>Does it. The same call may come twice.</summary>
    /// <param name="input">What it is called with, checked against <see cref="Parameters"/>.</param>
    /// <param name="cancellationToken">Cancelled when its time is up, or nobody waits any more.</param>
    /// <returns>What the model is told: a sentence, or an object.</returns>
    public abstract Task<JsonNode> RunAsync(ToolCall input, CancellationToken cancellationToken);
}
