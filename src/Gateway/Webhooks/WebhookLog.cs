using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Gateway.Webhooks;

/// <summary>The line that a webhook leaves, and that of the times of a call's turns. Never content, and no id before its signature was right.</summary>
internal static partial class WebhookLog
{
    // With as many digits as a time can have, a line stays below 8 KB.
    private const int MostTimes = 400;

    [LoggerMessage(
        300,
        LogLevel.Information,
        "Webhook {Outcome} ({Status} {ErrorCode}): type {Type}, agent {AgentId}, conversation {ConversationId}, {Bytes} bytes, in all {DurationMs} ms, {RequestId}")]
    public static partial void Ended(
        ILogger log, WebhookOutcome outcome, int status, string? errorCode, string? type, string? agentId, string? conversationId, long bytes, double durationMs, string requestId);

    [LoggerMessage(301, LogLevel.Warning, "A webhook could not be stored. {Reason}.")]
    public static partial void NotStored(ILogger log, string reason);

    [LoggerMessage(302, LogLevel.Warning, "A webhook could not be judged: the secret {Name} is absent.")]
    public static partial void NoSecret(ILogger log, string name);

    [LoggerMessage(303, LogLevel.Warning, "Calls whose time is up could not be deleted. {Reason}.")]
    public static partial void NotSwept(ILogger log, string reason);

    /// <summary>What ElevenLabs measured of a call's turns, where it did. The Functions host passes on lines, and no meter.</summary>
    public static void Turns(ILogger log, WebhookEvent call, string requestId)
    {
        if ((call.TimesToFirstToken.Count == 0 && call.TimesToFirstSentence.Count == 0) || !log.IsEnabled(LogLevel.Information)) return;
        Times(log, call.AgentId, call.ConversationId, Milliseconds(call.TimesToFirstToken), Milliseconds(call.TimesToFirstSentence), requestId);
    }

    [LoggerMessage(
        304, LogLevel.Information, "Times at ElevenLabs: agent {AgentId}, conversation {ConversationId}, first token {FirstTokenMs} ms, first sentence {FirstSentenceMs} ms, {RequestId}")]
    private static partial void Times(ILogger log, string? agentId, string? conversationId, string firstTokenMs, string firstSentenceMs, string requestId);

    private static string Milliseconds(List<double> times) => string.Join(' ', times.Take(MostTimes).Select(static seconds => Math.Round(seconds * 1000).ToString(CultureInfo.InvariantCulture)));
}
