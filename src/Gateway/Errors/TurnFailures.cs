using Gateway.Turns;
using Gateway.Upstream;

namespace Gateway.Errors;

/// <summary>What a caller is told of an attempt that failed.</summary>
internal static class TurnFailures
{
    /// <summary>The failure of an outcome; null where nobody is to be told, or nothing is wrong.</summary>
    public static Failure? Of(AttemptOutcome outcome, UpstreamRefusal? refusal) => outcome switch
    {
        AttemptOutcome.None or AttemptOutcome.Completed or AttemptOutcome.Empty or AttemptOutcome.Interrupted => null,
        AttemptOutcome.Refused => new Failure(refusal?.Status ?? 400, refusal?.Code ?? "invalid_request", Refused(refusal), refusal?.Param),
        AttemptOutcome.ContentFiltered => new Failure(400, "content_filter", "The content filter refused the prompt.", "prompt"),
        AttemptOutcome.RateLimited => new Failure(429, "rate_limit_exceeded", "The model's rate limit is reached.")
        {
            RetryAfter = refusal?.RetryAfter,
            RetryAfterMs = refusal?.RetryAfterMs,
        },
        AttemptOutcome.Misconfigured => new Failure(502, "upstream_misconfigured", "The deployment refused this endpoint. Its operator has to look at its name, key or role."),
        AttemptOutcome.Unavailable => new Failure(502, "upstream_error", "The model has failed."),
        AttemptOutcome.Unreachable => new Failure(502, "upstream_unreachable", "The model cannot be reached."),
        AttemptOutcome.TimedOut => new Failure(504, "upstream_timeout", "The model did not answer in time."),
        AttemptOutcome.Stalled => new Failure(504, "upstream_stalled", "The model stopped in the middle of its answer."),
        AttemptOutcome.Cut => new Failure(502, "upstream_cut", "The model's answer was cut off."),
        AttemptOutcome.Invalid => new Failure(502, "upstream_invalid", "The model's answer could not be read."),
        _ => new Failure(500, "internal_error", "The endpoint has failed. Its log has the request's id."),
    };

    // Our words, not upstream's: theirs may hold a host name, a key, or the prompt.
    private static string Refused(UpstreamRefusal? refusal) => refusal switch
    {
        { Code: "context_length_exceeded" } => "The messages are longer than the model's context.",
        { Status: 413 } => "The request is larger than the model takes.",
        { Param: { } param } => $"The model refused the request because of the field '{param}'.",
        _ => "The model refused the request.",
    };
}
