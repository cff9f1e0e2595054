using System.Text.Json;
using Gateway.Health;
using Microsoft.Extensions.Logging;

namespace Gateway;

/// <summary>Whether the process lives, and whether turns can be answered. Costs no call to a model.</summary>
public sealed class HealthHandler : RouteHandler
{
    private readonly Readiness _readiness;

    internal HealthHandler(Readiness readiness, ILogger<HealthHandler> log)
        : base(log) => _readiness = readiness;

    private protected override async ValueTask AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp)
    {
        var isLive = context.Request.Path.Value?.EndsWith("live", StringComparison.OrdinalIgnoreCase) == true;
        List<string> waitingFor = isLive ? [] : _readiness.WaitingFor();
        List<string> degraded = isLive ? [] : _readiness.Out();
        List<string> learnedRules = isLive ? [] : _readiness.LearnedRules();

        await WriteJsonAsync(
            context.Response,
            waitingFor.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("status"u8, isLive ? "live"u8 : waitingFor.Count > 0 ? "not_ready"u8 : degraded.Count > 0 ? "degraded"u8 : "ready"u8);
                WriteLines(json, "waiting_for"u8, waitingFor);
                WriteLines(json, "degraded"u8, degraded);
                WriteLines(json, "learned_rules"u8, learnedRules);
                json.WriteEndObject();
            },
            hangUp);
    }

    private static void WriteLines(Utf8JsonWriter json, ReadOnlySpan<byte> name, List<string> lines)
    {
        if (lines.Count == 0) return;
        json.WriteStartArray(name);
        foreach (var line in lines) json.WriteStringValue(line);
        json.WriteEndArray();
    }
}
