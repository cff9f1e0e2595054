using System.Text.Json;
using Gateway.Turns;

namespace Gateway.Upstream;

/// <summary>What an upstream said in its error envelope, or in an error frame of a stream. Its words may hold a host name or a key.</summary>
internal sealed record UpstreamError(string? Type, string? Code, string? Param, string? Message)
{
    private static readonly UpstreamError Unreadable = new(null, null, null, null);

    /// <summary>What an error frame inside a 200 amounts to; there is no status to go by.</summary>
    public AttemptOutcome Outcome => Code switch
    {
        "content_filter" => AttemptOutcome.ContentFiltered,
        "429" or "rate_limit_exceeded" or "too_many_requests" => AttemptOutcome.RateLimited,
        _ when Type == "invalid_request_error" => AttemptOutcome.Refused,
        _ => AttemptOutcome.Unavailable,
    };

    public static UpstreamError Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            if (!JsonDocument.TryParseValue(ref json, out var document)) return Unreadable;
            using (document)
            {
                if (document.RootElement.ValueKind != JsonValueKind.Object) return Unreadable;
                if (document.RootElement.TryGetProperty("detail"u8, out var detail) && OfValidation(detail) is { } invalid) return invalid;
                var error = document.RootElement.TryGetProperty("error"u8, out var enveloped) ? enveloped : document.RootElement;
                if (error.ValueKind != JsonValueKind.Object) return Unreadable;
                return new UpstreamError(Text(error, "type"u8), Text(error, "code"u8), Text(error, "param"u8), Text(error, "message"u8));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Unreadable;
        }
    }

    /// <summary>
    /// A field too many, as FastAPI says it, in which many agents are written: <c>{"detail":[{"type":"extra_forbidden","loc":["body","a"]}]}</c>
    /// (github.com/gpustack/gpustack/issues/429). Null for everything else.
    /// </summary>
    private static UpstreamError? OfValidation(JsonElement detail)
    {
        if (detail.ValueKind != JsonValueKind.Array || detail.GetArrayLength() == 0 || detail[0] is not { ValueKind: JsonValueKind.Object } first) return null;
        return Text(first, "type"u8) == "extra_forbidden" && first.TryGetProperty("loc"u8, out var place) && place.ValueKind == JsonValueKind.Array
            && place.GetArrayLength() == 2 && place[0].ValueEquals("body"u8) && place[1].ValueKind == JsonValueKind.String
            ? new UpstreamError("invalid_request_error", "unknown_parameter", place[1].GetString(), Message: null)
            : null;
    }

    private static string? Text(JsonElement error, ReadOnlySpan<byte> name) => error.TryGetProperty(name, out var value) switch
    {
        true when value.ValueKind == JsonValueKind.String => value.GetString(),
        true when value.ValueKind == JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
