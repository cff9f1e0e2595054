namespace Benchmarks.Hosts;

/// <summary>The least that a relay can do: the request forwarded as it comes, the answer's bytes passed on read by read. No judgement, no key, no log.</summary>
internal static class BareRelay
{
    public static WebApplication Build(Uri upstream)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
        var uri = new Uri(upstream, Target.DirectPath);
        var app = HostRole.NewBuilder().Build();
        app.MapPost(Target.DirectPath, context => RelayAsync(context, http, uri));
        return app;
    }

    private static async Task RelayAsync(HttpContext context, HttpClient http, Uri uri)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new StreamContent(context.Request.Body) };
        request.Content.Headers.ContentLength = context.Request.ContentLength;
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();

        await using var answer = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var writer = context.Response.BodyWriter;
        for (int count; (count = await answer.ReadAsync(writer.GetMemory(16 * 1024), context.RequestAborted)) > 0;)
        {
            writer.Advance(count);
            await writer.FlushAsync(context.RequestAborted);
        }
    }
}
