using System.Text;

namespace Emulator;

/// <summary>
/// An answer that is no completion. Azure has two shapes: its own front speaks in code and message, the model's side in OpenAI's
/// four members; <see cref="Type"/> makes the difference.
/// </summary>
internal sealed record AzureError(int Status, string? Code, string Message, string? Type = null, string? Param = null)
{
    // What a gateway must not pass on: real errors name hosts and quote keys, so ours do.
    private const string Leak = $" (backend {AzureOpenAIEmulator.LeakedHost}, key {AzureOpenAIEmulator.LeakedKey})";

    public static AzureError Unauthorized { get; } = new(401, "401",
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.");

    public static AzureError NotFound { get; } = new(404, "404", "Resource not found");

    public static AzureError DeploymentNotFound { get; } = new(404, "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.");

    public static AzureError DatedVersionOnV1 { get; } = new(400, "BadRequest", "api-version query parameter is not allowed when using /v1 path");

    public static AzureError Invalid(string message, string? param = null, string? code = null) => new(400, code, message, "invalid_request_error", param);

    public static AzureError Scripted(int status, string? code)
    {
        var error = (status, code) switch
        {
            (400, "content_filter") => new(400, code,
                "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
                Param: "prompt"),
            (400, _) => Invalid("The request is not valid.", "messages"),
            (401, _) => Unauthorized,
            (403, _) => new(403, "403", "Access denied due to Virtual Network/Firewall rules."),
            (404, _) => DeploymentNotFound,
            (408, _) => new(408, "Timeout", "The operation was timeout."),
            (429, _) => new(429, "429", "Requests to the ChatCompletions_Create Operation have exceeded the token rate limit of your current pricing tier. Please retry later."),
            (503, _) => new(503, "ServiceUnavailable", "The service is temporarily unable to process your request. Please try again later."),
            _ => new AzureError(status, null, "The server had an error while processing your request. Sorry about that!", "server_error"),
        };
        return error with { Code = code ?? error.Code, Message = error.Message + Leak };
    }

    public byte[] ToUtf8()
    {
        var openAi = Type is null && Param is null ? "" : $"\"type\":{CompletionJson.TextOrNull(Type)},\"param\":{CompletionJson.TextOrNull(Param)},";
        var inner = Code != "content_filter" ? "" : $$$""","status":{{{Status}}},"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{{{ContentFilter.BlockedPrompt}}}}""";
        return Encoding.UTF8.GetBytes($$$"""{"error":{"message":{{{CompletionJson.Text(Message)}}},{{{openAi}}}"code":{{{CompletionJson.TextOrNull(Code)}}}{{{inner}}}}}""");
    }
}
