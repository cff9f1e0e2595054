namespace Gateway.Errors;

/// <summary>Why a request got no answer, in the words of OpenAI's error envelope.</summary>
/// <param name="Status">The HTTP status, where the response has not started.</param>
/// <param name="Code">Stable; clients may switch on it. docs/errors.md lists them all.</param>
/// <param name="Message">One sentence for a person. Never upstream text that may hold a secret or a host name.</param>
/// <param name="Param">The field of the request that is wrong.</param>
internal sealed record Failure(int Status, string Code, string Message, string? Param = null)
{
    /// <summary>The value of the <c>Retry-After</c> header.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>The value of the <c>retry-after-ms</c> header, which Azure sends beside <c>Retry-After</c> and the OpenAI SDKs prefer.</summary>
    public string? RetryAfterMs { get; init; }

    /// <summary>The value of the <c>Allow</c> header.</summary>
    public string? Allow { get; init; }

    /// <summary>The <c>type</c> of the envelope follows from the status, as OpenAI's does.</summary>
    public string Type => Status switch
    {
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}
