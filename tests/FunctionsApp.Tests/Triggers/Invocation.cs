using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Tests.Triggers;

/// <summary>A request and its function, with a key that is valid, over streams that a test chose, and the two tokens that tell of a hang-up.</summary>
internal sealed class Invocation : FunctionContext, IDisposable
{
    private readonly CancellationTokenSource _function = new();
    private readonly CancellationTokenSource _aborted = new();

    public Invocation(Trigger trigger, Stream body)
    {
        Context.Request.Method = trigger.Endpoint.Verb ?? "DELETE";
        Context.Request.Path = "/" + trigger.Endpoint.Pattern.Split('{')[0];
        Context.Request.Headers.Authorization = $"Bearer {GatewaySettings.CallerKey}";
        Context.Request.Body = body;
        Context.Response.Body = body;
        Context.RequestAborted = _aborted.Token;
    }

    public DefaultHttpContext Context { get; } = new();

    public override CancellationToken CancellationToken => _function.Token;

    /// <summary>What the host does when the caller hangs up, or the connection, or both.</summary>
    public void HangUp(HangUp by)
    {
        if (by is Triggers.HangUp.Function or Triggers.HangUp.Both) _function.Cancel();
        if (by is Triggers.HangUp.Request or Triggers.HangUp.Both) _aborted.Cancel();
    }

    public void Dispose()
    {
        _function.Dispose();
        _aborted.Dispose();
    }
}
