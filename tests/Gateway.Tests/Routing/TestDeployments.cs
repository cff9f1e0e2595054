using Gateway.Options;
using Gateway.Routing;
using Gateway.Turns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Routing;

/// <summary>Deployments that nobody calls, and what attempts on them came to.</summary>
internal static class TestDeployments
{
    /// <summary>The size of a voice agent's request.</summary>
    public const int PromptBytes = 12_000;

    public static Deployment Deployment(this TimeProvider time, string name) => new(new DeploymentOptions { Name = name }, null!, time, NullLogger.Instance);

    /// <summary>Enough attempts that its time is known.</summary>
    public static void Usually(this DeploymentHealth health, double milliseconds, int promptBytes = PromptBytes)
    {
        for (var i = 0; i < 50; i++) health.Succeeded(TimeSpan.FromMilliseconds(milliseconds), promptBytes);
    }

    public static void RateLimited(this DeploymentHealth health, double seconds) => health.Failed(AttemptOutcome.RateLimited, 429, TimeSpan.FromSeconds(seconds));

    public static void Missing(this DeploymentHealth health) => health.Failed(AttemptOutcome.Misconfigured, 404, retryAfter: null);

    public static void FailedByItself(this DeploymentHealth health, int times = 1)
    {
        for (var i = 0; i < times; i++) health.Failed(AttemptOutcome.Unavailable, 503, retryAfter: null);
    }

    public static bool IsOut(this DeploymentHealth health) => health.Look(PromptBytes).IsOut;
}
