using Gateway.Authentication;
using Gateway.Errors;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Gateway.Tools;

/// <summary>Describes a tool to ElevenLabs: what its API takes to make it (<c>POST /v1/convai/tools</c>).</summary>
public sealed class ToolSchemaHandler : RouteHandler
{
    private readonly Authenticator _authenticator;
    private readonly ServerTools _tools;
    private readonly bool _isOn;
    private readonly string? _host;

    internal ToolSchemaHandler(Authenticator authenticator, ServerTools tools, bool isOn, IConfiguration configuration, ILogger<ToolSchemaHandler> log)
        : base(log) => (_authenticator, _tools, _isOn, _host) = (authenticator, tools, isOn, configuration["WEBSITE_HOSTNAME"]);

    private protected override async ValueTask AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp)
    {
        var (caller, failure) = _isOn ? await _authenticator.AuthenticateAsync(context.Request, hangUp) : (null, ToolHandler.Off);
        var tool = caller is null ? null : _tools.Find(context, caller);
        if ((failure ?? (tool is null ? ToolHandler.Unknown : null)) is { } told)
        {
            await ErrorEnvelope.WriteAsync(context.Response, told, hangUp);
            return;
        }

        // On Azure Functions the worker sees the address of its own host, and Azure says the app's.
        var url = $"https://{(_host is { Length: > 0 } ? _host : context.Request.Host.Value)}/{Routes.Tool.Replace("{name}", tool!.Name, StringComparison.Ordinal)}";
        var secret = context.Request.Query["secret_id"] is [{ Length: > 0 } id, ..] ? id : "(id of the workspace secret with the caller's key)";
        await WriteJsonAsync(context.Response, StatusCodes.Status200OK, json => ToolSchema.Write(json, tool, url, secret), hangUp);
    }
}
