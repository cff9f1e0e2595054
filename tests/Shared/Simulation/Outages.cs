namespace Simulation;

/// <summary>The ways in which a deployment can be down.</summary>
internal static class Outages
{
    public static readonly IReadOnlyDictionary<string, Func<SimulatedCall>> All = new Dictionary<string, Func<SimulatedCall>>
    {
        ["connection refused"] = static () => SimulatedCall.Unreachable(),
        ["503 at once"] = static () => SimulatedCall.Fails(503),
        ["429, retry after 50 ms"] = static () => SimulatedCall.Fails(429, afterMs: 40, retryAfterMs: "50"),
        ["429, retry after 20 s"] = static () => SimulatedCall.Fails(429, afterMs: 40, retryAfterMs: "20000"),
        ["hangs without headers"] = static () => SimulatedCall.Silent(),
        ["hangs behind the role"] = static () => SimulatedCall.Hangs(),
    };
}
