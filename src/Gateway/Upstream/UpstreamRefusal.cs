using System.ClientModel.Primitives;
using System.Globalization;
using Gateway.Requests;
using Gateway.Turns;

namespace Gateway.Upstream;

/// <summary>A response that is no answer: its outcome, and those parts of it that a caller may see.</summary>
internal sealed record UpstreamRefusal(AttemptOutcome Outcome, int Status, string? Code = null, string? Param = null)
{
    // Who asks for more is not believed; some send a time of day in its place.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private const string UnrecognizedArgument = "Unrecognized request argument supplied: ";

    /// <summary>What a 400 or 422 said, which a rule may be learned from; no caller sees its words.</summary>
    public UpstreamError? Error { get; init; }

    public string? RetryAfter { get; init; }

    public string? RetryAfterMs { get; init; }

    /// <summary>What the response asks to wait; null where it does not.</summary>
    public TimeSpan? RetryDelay =>
        double.TryParse(RetryAfterMs, CultureInfo.InvariantCulture, out var milliseconds) ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, Longest.TotalMilliseconds))
        : double.TryParse(RetryAfter, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds))
        : null;

    public static UpstreamRefusal Of(PipelineResponse response, ReadOnlySpan<byte> body, ChatRequest request) => response.Status switch
    {
        400 or 413 or 422 => OfInput(response.Status, UpstreamError.Parse(body), request),
        401 or 403 or 404 => new(AttemptOutcome.Misconfigured, response.Status),
        408 => new(AttemptOutcome.TimedOut, response.Status),
        // A conflict with another operation on the deployment, which passes.
        409 => new(AttemptOutcome.Unavailable, response.Status),
        429 => Passing(AttemptOutcome.RateLimited, response),
        // A 2xx that is no stream or a redirect is not what was asked for.
        < 400 => new(AttemptOutcome.Invalid, response.Status),
        < 500 => new(AttemptOutcome.Refused, 400),
        _ => Passing(AttemptOutcome.Unavailable, response),
    };

    /// <summary>One that passes with time, and may say in how much.</summary>
    private static UpstreamRefusal Passing(AttemptOutcome outcome, PipelineResponse response) => new(outcome, response.Status)
    {
        RetryAfter = Header(response, "Retry-After"),
        RetryAfterMs = Header(response, "retry-after-ms"),
    };

    private static UpstreamRefusal OfInput(int status, UpstreamError error, ChatRequest request)
    {
        if (error.Code == "content_filter") return new(AttemptOutcome.ContentFiltered, 400);

        var param = error.Param;
        if (param is null && error.Message?.StartsWith(UnrecognizedArgument, StringComparison.Ordinal) == true)
            param = error.Message[UnrecognizedArgument.Length..];
        return new(AttemptOutcome.Refused, status == 413 ? 413 : 400, IsCode(error.Code) ? error.Code : null, IsOfRequest(param, request) ? param : null)
        {
            Error = status is 400 or 422 ? error : null,
        };
    }

    // Shapes that no host name or key has.
    private static bool IsCode(string? code) => code is { Length: > 0 and <= 64 } && code.All(static c => char.IsAsciiLetterLower(c) || c == '_');

    /// <summary>Whether this is a path into the caller's own request: its first part is one of the request's fields, the rest are short and plain.</summary>
    private static bool IsOfRequest(string? param, ChatRequest request)
    {
        if (param is not { Length: > 0 and <= 128 } || !param.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '[' or ']')) return false;
        var end = param.AsSpan().IndexOfAny('.', '[');
        return request.HasField(end < 0 ? param : param[..end]);
    }

    private static string? Header(PipelineResponse response, string name) =>
        response.Headers.TryGetValue(name, out var value) && value is { Length: <= 32 } && value.All(char.IsAsciiDigit) ? value : null;
}
