using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Emulator;

/// <summary>What Kestrel runs for every request, without a pipeline: paths, and the headers of every answer.</summary>
internal sealed class EmulatorApplication(ChatCompletions chat) : IHttpApplication<HttpContext>
{
    private const string V1 = "/openai/v1/chat/completions";
    private const string DatedStart = "/openai/deployments/";
    private const string DatedEnd = "/chat/completions";

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public Task ProcessRequestAsync(HttpContext context)
    {
        context.Response.Headers["x-emulator"] = "1";
        context.Response.Headers["apim-request-id"] = Guid.NewGuid().ToString();
        context.Response.Headers["x-ratelimit-remaining-requests"] = "999";
        context.Response.Headers["x-ratelimit-remaining-tokens"] = "99999";
        var path = context.Request.Path.Value ?? "";
        if (HttpMethods.IsGet(context.Request.Method) && path == "/health")
            return context.Response.WriteAsync("ok");
        if (HttpMethods.IsPost(context.Request.Method) && path == V1)
            return chat.HandleAsync(context, deployment: null);
        if (HttpMethods.IsPost(context.Request.Method) && path.Length > DatedStart.Length + DatedEnd.Length
            && path.StartsWith(DatedStart, StringComparison.Ordinal) && path.EndsWith(DatedEnd, StringComparison.Ordinal))
            return chat.HandleAsync(context, path[DatedStart.Length..^DatedEnd.Length]);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(AzureError.NotFound.ToUtf8()).AsTask();
    }
}
