using Gateway.Authentication;
using Gateway.Options;
using Gateway.Routing;
using Gateway.Secrets;
using Gateway.Upstream;
using Microsoft.Extensions.Options;

namespace Gateway.Health;

/// <summary>What stands between a turn and its answer.</summary>
internal sealed class Readiness(
    SecretStore secrets, IReadOnlyList<Caller> callers, UpstreamTokens tokens, IReadOnlyList<Deployment> deployments, IOptions<GatewayOptions> options)
{
    /// <summary>One line for each thing that is waited for; none when turns can be answered.</summary>
    public List<string> WaitingFor()
    {
        var waiting = new List<string>();
        if (secrets.Current is not { } snapshot)
        {
            waiting.Add(secrets.WaitingFor ?? "secrets");
        }
        else
        {
            if (callers.All(caller => snapshot[caller.KeySecret].IsEmpty))
                waiting.Add($"a key for any caller (secret '{callers[0].KeySecret}')");
            foreach (var deployment in options.Value.Deployments)
            {
                if (deployment.KeySecret is { } name && snapshot[name].IsEmpty) waiting.Add($"the key of deployment '{deployment.Name}' (secret '{name}')");
            }
        }

        waiting.AddRange(tokens.ByAudience.Values.Select(token => token.WaitingFor).OfType<string>());
        return waiting;
    }

    /// <summary>
    /// One line for each deployment that is out for a fault. That makes no instance unready, not even when all are out: only turns find out
    /// that a deployment is back, and one that gets no turns would stay out.
    /// </summary>
    public List<string> Out() =>
        [.. from deployment in deployments let outage = deployment.Health.Outage where outage is not null select $"deployment '{deployment.Name}' is out: {outage}"];

    /// <summary>One line for each rule that a deployment has taught; they hold nothing up.</summary>
    public List<string> LearnedRules() => [.. deployments.SelectMany(static deployment => deployment.Learned.Describe(), static (deployment, rule) => $"{deployment.Name}: {rule}")];
}
