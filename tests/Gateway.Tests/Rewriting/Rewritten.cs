using System.Buffers;
using System.Text;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Rewriting;

/// <summary>What becomes of a request.</summary>
internal static class Rewritten
{
    public static string Of(string json, DeploymentOptions deployment, RewriteContext context = default) => Of(Read(json), Deployment(deployment), context).Body;

    public static (string Body, SentFields Sent) Of(ChatRequest request, Deployment deployment, RewriteContext context = default)
    {
        var output = new ArrayBufferWriter<byte>();
        var sent = RequestRewriter.Rewrite(request, deployment, in context, output);
        return (Encoding.UTF8.GetString(output.WrittenSpan), sent);
    }

    public static ChatRequest Read(string json)
    {
        Assert.Null(ChatRequestReader.TryRead(Encoding.UTF8.GetBytes(json), out var request));
        return request;
    }

    public static Deployment Deployment(DeploymentOptions options) => new(options, null!, TimeProvider.System, NullLogger.Instance);
}
