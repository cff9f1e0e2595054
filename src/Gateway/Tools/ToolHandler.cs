using System.Text.Json.Nodes;
using Gateway.Authentication;
using Gateway.EndUsers;
using Gateway.Errors;
using Gateway.Memory;
using Gateway.Requests;
using Microsoft.Extensions.Logging;

namespace Gateway.Tools;

/// <summary>Runs the tool that an agent of a caller calls.</summary>
public sealed class ToolHandler : RouteHandler
{
    // The parameters of a tool, as a model writes them.
    private const int MaxRequestBytes = 64 * 1024;

    internal static readonly Failure Off = new(404, "unknown_route", "No tools are switched on: Callers__N__Tools__M.");
    internal static readonly Failure Unknown = new(404, "unknown_tool", "There is no such tool, or it is not among Callers__N__Tools.");

    private static readonly Failure TimedOut = new(504, "tool_timeout", "The tool took too long.");

    private readonly Authenticator _authenticator;
    private readonly ServerTools _tools;
    private readonly EndUserTokens _tokens;
    private readonly ToolMetrics _metrics;
    private readonly bool _isOn;
    private readonly TimeProvider _time;

    internal ToolHandler(Authenticator authenticator, ServerTools tools, EndUserTokens tokens, ToolMetrics metrics, bool isOn, TimeProvider time, ILogger<ToolHandler> log)
        : base(log) => (_authenticator, _tools, _tokens, _metrics, _isOn, _time) = (authenticator, tools, tokens, metrics, isOn, time);

    private protected override async ValueTask AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp)
    {
        if (!_isOn)
        {
            await ErrorEnvelope.WriteAsync(context.Response, Off, hangUp);
            return;
        }

        var start = _time.GetTimestamp();
        var (caller, tool, identity) = ((Caller?)null, (ServerTool?)null, default(EndUserReading));
        string? result = null;
        Failure? failure;
        try
        {
            // 1 authenticate
            (caller, failure) = await _authenticator.AuthenticateAsync(context.Request, hangUp);
            tool = caller is null ? null : _tools.Find(context, caller);
            failure ??= tool is null ? Unknown : null;

            // 2 read
            using var body = new PooledBuffer();
            var request = new ToolRequest();
            if (failure is null) failure = await BodyReader.ReadJsonAsync(context.Request, body, MaxRequestBytes, hangUp) ?? ToolRequest.TryRead(body.Memory, tool!, out request);

            // 3 identify and run
            if (failure is null)
            {
                identity = Identify(context.Request, request, caller!);
                (result, failure) = await RunAsync(tool!, new ToolCall(caller!.Name, identity.User, request.ConversationId, request.Values), requestId, hangUp);
            }
        }
        catch (OperationCanceledException) when (hangUp.IsCancellationRequested)
        {
            failure = HungUp;
        }

        // 4 answer
        _metrics.Ended(tool?.Name, failure?.Code);
        ToolLog.Ended(
            Log, tool?.Name, failure?.Status ?? StatusCodes.Status200OK, failure?.Code, caller?.Name, identity.User is { } user ? user.Trust.ToString() : identity.Problem, _time.GetElapsedTime(start).TotalMilliseconds, requestId);
        if (failure == HungUp) return;
        if (failure is not null) await ErrorEnvelope.WriteAsync(context.Response, failure, hangUp);
        else await WriteJsonAsync(context.Response, StatusCodes.Status200OK, json => { json.WriteStartObject(); json.WritePropertyName("result"u8); json.WriteRawValue(result!, skipInputValidation: true); json.WriteEndObject(); }, hangUp);
    }

    // Who is on the line is never a reason to refuse: whoever is not known is nobody, and the tool says what that means.
    private EndUserReading Identify(HttpRequest request, ToolRequest told, Caller caller) =>
        (request.Headers[TurnRecall.Header] is [{ Length: > 0 } header, ..] ? header : told.EndUserToken) is { } token ? _tokens.Read(token, caller.Name, _time.GetUtcNow()) : new EndUserReading("none");

    /// <summary>What the tool answers, as JSON. It may throw what it likes: that is told as a fault of the endpoint's own, and ends no differently from other calls.</summary>
    private async Task<(string? Result, Failure? Failure)> RunAsync(ServerTool tool, ToolCall call, string requestId, CancellationToken hangUp)
    {
        using var timeout = new CancellationTokenSource(tool.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, hangUp);
        try
        {
            // Not waited for longer, whatever the tool does with its token.
            JsonNode? result = await tool.RunAsync(call, either.Token).WaitAsync(either.Token);
            // Here, because a node may hold what is no JSON.
            return ((result ?? "").ToJsonString(), null);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !hangUp.IsCancellationRequested)
        {
            return (null, TimedOut);
        }
        catch (Exception e) when (e is not OperationCanceledException || !hangUp.IsCancellationRequested)
        {
            ReportUnforeseen(e, requestId);
            return (null, Unforeseen);
        }
    }
}
