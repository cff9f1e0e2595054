using Gateway.Requests;
using Gateway.Upstream;

namespace Gateway.Rewriting;

/// <summary>
/// What an upstream says in a 400 about parameters, as far as a rule could help. The words were seen at Azure, or in others' tests against it:
/// <list type="bullet">
/// <item>"Unrecognized request argument supplied: a", "Unrecognized request arguments supplied: a, b"; without <c>param</c>, sometimes with a sentence
/// about Azure's support behind it (github.com/Azure/azure-rest-api-specs/issues/29545, github.com/zed-industries/zed/issues/52000);</item>
/// <item>"Unknown parameter: 'a'." (github.com/run-llama/llama_index/issues/17731);</item>
/// <item>"Unsupported parameter: 'a' is not supported with this model. Use 'b' instead.", with <c>unsupported_parameter</c> or without a code
/// (github.com/microsoft/vscode-copilot-release/issues/8483, github.com/BerriAI/litellm/issues/13407);</item>
/// <item>"Unsupported value: 'a' does not support 1 with this model. Supported values are: 'x', and 'y'." (github.com/livekit/agents/pull/7169);</item>
/// <item>"Invalid value: 'x'. Supported values are: 'y', and 'z'.", also for one that the model takes (github.com/BerriAI/litellm/issues/16704);</item>
/// <item>"The 'metadata' parameter is only allowed when 'store' is enabled.", of OpenAI, which an agent may pass on (github.com/tmc/langchaingo/issues/1484);</item>
/// <item>"Function tools with reasoning_effort are not supported for m in /v1/chat/completions.", with or without the advice to set it to none, and also when
/// it is none (github.com/can1357/oh-my-pi/issues/11052, github.com/agentgateway/agentgateway/pull/2894).</item>
/// </list>
/// </summary>
/// <param name="Kind">What it has against them.</param>
/// <param name="Fields">The parameters; at least one, except for <see cref="ComplaintKind.None"/>.</param>
internal readonly record struct ParameterComplaint(ComplaintKind Kind, Field[] Fields)
{
    private static readonly ParameterComplaint None = new(ComplaintKind.None, []);

    /// <param name="error">What it said.</param>
    /// <param name="allowed">The parameters about which a rule can be learned.</param>
    /// <param name="namesInMessage">
    /// Whether the message is read for names where <c>param</c> has none. An upstream quotes the names of the caller's fields there, and a field
    /// called "x, temperature" would look like two.
    /// </param>
    public static ParameterComplaint Of(UpstreamError error, FieldSet allowed, bool namesInMessage)
    {
        var message = error.Message ?? "";
        var kind = KindOf(error.Code, message);
        if (kind == ComplaintKind.EffortWithTools) return error.Param is null or "reasoning_effort" ? new(kind, [Field.ReasoningEffort]) : None;
        if (kind == ComplaintKind.None || (error.Param is null && (kind != ComplaintKind.Parameter || !namesInMessage))) return None;

        string[] names = error.Param is { } param ? [param] : NamesIn(message);
        Field[] fields = [.. names.Select(static name => FieldNames.Find(name))];
        return fields.Length > 0 && fields.All(allowed.Contains) ? new(kind, fields) : None;
    }

    private static ComplaintKind KindOf(string? code, string message)
    {
        return code switch
        {
            "unsupported_parameter" or "unknown_parameter" or "unrecognized_request_argument" => ComplaintKind.Parameter,
            "unsupported_value" => ComplaintKind.Value,
            "invalid_value" => ComplaintKind.InvalidValue,
            _ when Begins("Unrecognized request argument") || Begins("Unknown parameter: '") || Begins("Unsupported parameter: '") => ComplaintKind.Parameter,
            // Not of the parameter, which is taken beside another.
            _ when Begins("Unsupported value: '") || Begins("The 'metadata' parameter is only allowed when ") => ComplaintKind.Value,
            _ when Begins("Function tools with reasoning_effort are not supported") => ComplaintKind.EffortWithTools,
            _ => ComplaintKind.None,
        };

        bool Begins(string words) => message.StartsWith(words, StringComparison.Ordinal);
    }

    private static string[] NamesIn(string message)
    {
        var start = message.IndexOf(": ", StringComparison.Ordinal) + ": ".Length;
        if (start < ": ".Length) return [];
        // 'a' is one name, quoted; a, b are names up to the end of the sentence.
        if (message.AsSpan(start).StartsWith('\'')) return message[(start + 1)..].Split('\'') is [var name, _, ..] ? [name] : [];
        var end = message.IndexOf(". ", start, StringComparison.Ordinal);
        return message[start..(end < 0 ? message.Length : end)].TrimEnd('.').Split(", ");
    }
}
