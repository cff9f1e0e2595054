using System.Text.Json;

namespace Gateway.Tests.Agents;

/// <summary>A request that the fake agent got.</summary>
internal sealed record AgentRequest(string Path, string Protocol, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
