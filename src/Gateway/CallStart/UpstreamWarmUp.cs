using System.Collections.Concurrent;
using Gateway.Options;
using Gateway.Routing;

namespace Gateway.CallStart;

/// <summary>
/// Opens connections to the deployments of a route, in the pool that turns take theirs from, while the phone still rings: name, TCP and TLS cost the first turn of a call a
/// round trip each. What it asks for is nothing: any answer, of whatever status, leaves a connection, needs no credential and counts for no limit.
/// </summary>
/// <param name="deployments">All deployments.</param>
/// <param name="http">Sends with the turns' own handler, which has the pool.</param>
/// <param name="time">The clock.</param>
internal sealed class UpstreamWarmUp(IEnumerable<DeploymentOptions> deployments, HttpMessageInvoker http, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // A connection that nobody uses is kept for three.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, DeploymentOptions> _deployments = deployments.ToDictionary(static deployment => deployment.Name, StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<(Uri Endpoint, string HttpVersion), long> _opened = [];

    /// <summary>Opens what is not known to be open. Throws nothing: a turn finds out by itself what is away.</summary>
    public Task ConnectAsync(Route route)
    {
        List<Task> opening = [];
        foreach (var target in route.Targets)
        {
            var options = _deployments[target.Deployment.Name];
            var (endpoint, now) = ((options.Endpoint!, options.HttpVersion), time.GetTimestamp());
            var wasOpened = _opened.TryGetValue(endpoint, out var opened);
            if (wasOpened && time.GetElapsedTime(opened, now) < Interval) continue;
            // Two calls that start at once, or two deployments of one endpoint, need one connection.
            if (wasOpened ? _opened.TryUpdate(endpoint, now, opened) : _opened.TryAdd(endpoint, now)) opening.Add(OpenAsync(options));
        }

        return Task.WhenAll(opening);
    }

    private async Task OpenAsync(DeploymentOptions options)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var request = new HttpRequestMessage(HttpMethod.Head, options.Endpoint) { Version = Version.Parse(options.HttpVersion), VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        try
        {
            using var response = await http.SendAsync(request, timeout.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // The next call tries again.
            _opened.TryRemove((options.Endpoint!, options.HttpVersion), out _);
        }
    }
}
