using System.Collections.Concurrent;
using System.Net;

namespace Gateway.Tests.Storage;

/// <summary>A storage account that makes what is to be made, and from then on takes requests and never answers.</summary>
internal sealed class HangingAccount : HttpMessageHandler
{
    private readonly ConcurrentQueue<string> _unanswered = [];

    /// <summary>Whether it answers no more.</summary>
    public bool Hangs { get; set; }

    /// <summary>Called by a request that gets no answer, with how many there were.</summary>
    public Action<int> Hung { get; init; } = static _ => { };

    /// <summary>The methods and services of the requests that got no answer.</summary>
    public IReadOnlyCollection<string> Unanswered => _unanswered;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Hangs)
        {
            _unanswered.Enqueue($"{request.Method} {request.RequestUri!.Host.Split('.')[1]}");
            Hung(_unanswered.Count);
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }

        return new HttpResponseMessage(request.RequestUri!.Host.Contains(".blob.", StringComparison.Ordinal) ? HttpStatusCode.Created : HttpStatusCode.NoContent)
        {
            Content = new ByteArrayContent([]) { Headers = { LastModified = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero) } },
            Headers = { { "ETag", "\"0x8D\"" } },
        };
    }
}
