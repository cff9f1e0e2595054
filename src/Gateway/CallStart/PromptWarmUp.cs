using System.ClientModel;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Azure.Identity;
using Gateway.Authentication;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Secrets;
using Gateway.Upstream;
using Microsoft.Extensions.Logging;

namespace Gateway.CallStart;

/// <summary>
/// Has Azure read an agent's prompt before the call's first turn does: one call of the deployment that the conversation will meet, under the key that its turns will have. It costs
/// the prompt's tokens, so it is made where that is asked for, and once in five minutes for each key.
/// </summary>
internal sealed class PromptWarmUp(SecretStore secrets, CallStartMetrics metrics, TimeProvider time, ILogger log)
{
    // Azure forgets a prompt after 5 to 10 minutes without use.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    // The first turn has come by then.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private const int LongestAnswer = 64 * 1024;

    // Of one prompt there are at most as many as a deployment has shards.
    private const int MostKeys = 4096;

    private readonly ConcurrentDictionary<string, long> _warm = [];

    /// <summary>Warms up for a call, where something is known of its prompt. Throws nothing: a turn is right without it.</summary>
    /// <param name="caller">Whose call it is.</param>
    /// <param name="conversationId">The conversation; where ElevenLabs has not told it, nobody knows where its turns will look.</param>
    /// <param name="requestId">The webhook's id.</param>
    public async Task WarmAsync(Caller caller, string? conversationId, string requestId)
    {
        if (caller.SeenPrompt?.Request is not { } prompt || ChatRequestReader.TryRead(prompt, out var request) is not null) return;
        using (request)
        {
            var deployment = First(caller.DefaultRoute, conversationId);
            // An agent has no cache, and would act on what nobody said.
            if (deployment.IsAgent) return;
            if (conversationId is null && deployment is { TakesPromptCacheKey: true, PromptCacheShards: > 1 }) return;
            if (deployment.Health.Look(prompt.Length).IsOut || !IsDue(caller, request, deployment, conversationId)) return;
            using var timeout = new CancellationTokenSource(Timeout, time);
            try
            {
                await SendAsync(caller, request, deployment, conversationId, requestId, timeout.Token);
            }
            catch (Exception e) when (e is ClientResultException or HttpRequestException or IOException or OperationCanceledException or AuthenticationFailedException or JsonException)
            {
                CallStartLog.PromptNotWarmed(log, deployment.Name, e.GetType().Name, requestId);
            }
        }
    }

    private async Task SendAsync(Caller caller, ChatRequest request, Deployment deployment, string? conversationId, string requestId, CancellationToken cancellationToken)
    {
        var body = new PooledBuffer();
        using var content = new UpstreamContent(body);
        // As a turn's prompt begins, but for what is recalled of the end user.
        caller.System?.AddTo(request, notes: default);
        RequestRewriter.Rewrite(
            request,
            deployment,
            new RewriteContext { Profile = caller.Profile, MaxCompletionTokens = caller.MaxCompletionTokens, ConversationId = conversationId, SystemPrefix = caller.System?.Prefix },
            body);
        var session = deployment.TakesPromptCacheKey && conversationId is not null ? Conversation.SessionId(conversationId) : null;
        var call = new UpstreamCall(requestId, session, Agent: null, secrets, time, AnotherConnection: false, AfterRefusedCredential: false);
        await deployment.Upstream.ReadyAsync(call, cancellationToken);
        using var message = deployment.Upstream.Create(content, call, cancellationToken);
        await deployment.Upstream.SendAsync(message);
        var response = message.Response!;
        if (response.Status != 200)
        {
            CallStartLog.PromptNotWarmed(log, deployment.Name, $"status {response.Status}", requestId);
            return;
        }

        var buffer = new byte[LongestAnswer];
        var length = await response.ContentStream!.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        using var answer = JsonDocument.Parse(buffer.AsMemory(0, length));
        var (tokens, cached) = Usage(answer.RootElement);
        metrics.PromptWarmed(tokens, cached);
        CallStartLog.PromptWarmed(log, deployment.Name, tokens, cached, requestId);
    }

    /// <summary>The deployment that the conversation's turns will ask first, as long as all do well.</summary>
    private static Deployment First(Route route, string? conversationId)
    {
        var nearest = route.Targets[0];
        if (conversationId is null) return nearest.Deployment;
        var conversation = Rendezvous.Hash(conversationId);
        foreach (var target in route.Targets)
        {
            if (target.Priority == nearest.Priority && Distance(target) < Distance(nearest)) nearest = target;
        }

        return nearest.Deployment;

        double Distance(RouteTarget target) => Rendezvous.Distance(conversation, target.Hash, target.Weight);
    }

    private bool IsDue(Caller caller, ChatRequest request, Deployment deployment, string? conversationId)
    {
        Span<byte> key = stackalloc byte[PromptCacheKey.MaxBytes];
        var name = deployment.Name + Encoding.ASCII.GetString(key[..PromptCacheKey.Write(request, deployment.ModelJson, caller.System?.Prefix, conversationId, deployment.PromptCacheShards, key)]);
        var now = time.GetTimestamp();
        if (_warm.Count >= MostKeys) _warm.Clear();
        return _warm.TryGetValue(name, out var warmed) ? time.GetElapsedTime(warmed, now) >= Interval && _warm.TryUpdate(name, now, warmed) : _warm.TryAdd(name, now);
    }

    private static (int Tokens, int Cached) Usage(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("usage"u8, out var usage) || usage.ValueKind != JsonValueKind.Object) return default;
        return (Count(usage, "prompt_tokens"), usage.TryGetProperty("prompt_tokens_details"u8, out var details) && details.ValueKind == JsonValueKind.Object ? Count(details, "cached_tokens") : 0);
    }

    private static int Count(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) ? count : 0;
}
