using System.Net.Http.Headers;

namespace Simulation;

/// <summary>
/// Upstreams in memory and in simulated time. Everything in it completes on the thread that moves the clock, and so does the gateway above it: a
/// turn runs the same way every time.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="answer">How the call to a deployment's host is answered, by the number of the call.</param>
internal sealed class SimulatedUpstream(TimeProvider time, Func<string, int, SimulatedCall> answer) : HttpMessageHandler
{
    private readonly long _began = time.GetTimestamp();

    public List<SimulatedCall> Calls { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = answer(request.RequestUri!.Host, Calls.Count);
        Calls.Add(call);
        call.BeganAt = time.GetElapsedTime(_began);
        call.Uri = request.RequestUri;
        call.Version = request.Version;
        call.Header = request.Headers.ToString();
        // Without a connection nothing is sent.
        if (!call.IsUnreachable) call.Body = await request.Content!.ReadAsStringAsync(cancellationToken);
        try
        {
            await SimulatedDelay.WaitAsync(time, call.HeadersAt, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            call.WasCancelled = true;
            throw;
        }

        if (call.IsUnreachable) throw new HttpRequestException("refused");
        var response = new HttpResponseMessage(call.Status) { Content = new StreamContent(new SimulatedBody(time, call)) };
        response.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(call.ContentType);
        foreach (var (name, value) in call.Headers) response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }
}
