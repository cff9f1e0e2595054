using System.Text.RegularExpressions;
using Gateway.Memory;
using Gateway.Options;
using Microsoft.Extensions.Options;

namespace Gateway.Tools;

/// <summary>Finds what is wrong with the tools that callers have, at start.</summary>
/// <param name="tools">All tools, made only where a caller has one.</param>
internal sealed partial class ToolRules(Lazy<IEnumerable<ServerTool>> tools) : IValidateOptions<GatewayOptions>
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(120);

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        if (!options.HasTools) return ValidateOptionsResult.Success;
        List<string> wrong = [.. Tools([.. tools.Value]), .. options.Callers.Index().SelectMany(caller => Caller(caller.Index, caller.Item))];
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static IEnumerable<string> Tools(ServerTool[] all)
    {
        foreach (var (i, tool) in all.Index())
        {
            if (!Name.IsMatch(tool.Name)) yield return $"The tool '{tool.Name}' must have a name of 1 to 64 letters from a to z, digits and '_'.";
            if (all.Take(i).Any(other => other.Name == tool.Name)) yield return $"The tool '{tool.Name}' is there twice.";
            if (tool.Timeout <= TimeSpan.Zero || tool.Timeout > LongestTimeout) yield return $"The tool '{tool.Name}' must have a timeout above zero and of at most {LongestTimeout.TotalSeconds} seconds.";
        }
    }

    private IEnumerable<string> Caller(int index, CallerOptions caller)
    {
        foreach (var (i, name) in caller.Tools.Index())
        {
            var tool = tools.Value.FirstOrDefault(tool => tool.Name == name);
            if (tool is null) yield return $"Callers__{index}__Tools__{i} must be the name of a tool: {string.Join(", ", tools.Value.Select(static known => known.Name).Order(StringComparer.Ordinal))}.";
            if (tool is MemoryTool && caller.Memory.Provider == MemoryProvider.None) yield return $"Callers__{index}__Memory__Provider is required where Callers__{index}__Tools has '{name}'.";
        }
    }

    [GeneratedRegex(@"^[a-z0-9_]{1,64}\z")]
    private static partial Regex Name { get; }
}
