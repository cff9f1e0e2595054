using System.Collections.Frozen;
using System.Text.Json;

namespace Emulator;

/// <summary>What Azure refuses in a body, in its words.</summary>
internal static class ParameterRules
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        "messages", "model", "metadata", "temperature", "top_p", "user", "top_logprobs", "modalities", "max_completion_tokens", "frequency_penalty",
        "presence_penalty", "response_format", "audio", "store", "stream", "stop", "logit_bias", "logprobs", "max_tokens", "n", "prediction", "seed",
        "stream_options", "tools", "tool_choice", "parallel_tool_calls", "function_call", "functions", "data_sources", "user_security_context");

    private static readonly FrozenSet<string> KnownOnV1 = FrozenSet.Create(
        "reasoning_effort", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "service_tier", "verbosity");

    // Microsoft's list for reasoning models; temperature and max_tokens have answers of their own.
    private static readonly string[] NotForReasoning = ["top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias"];

    public static AzureError? Check(JsonElement root, string? datedVersion, string family) =>
        Unrecognized(root, datedVersion, family) ?? Shape(root) ?? (IsReasoning(family) ? Reasoning(root, family) : null);

    // o1, o3-mini, o4-mini, gpt-5, gpt-5.4-mini, gpt-6-sol, … but not gpt-5-chat; gpt-5.1-chat and its successors do.
    private static bool IsReasoning(string family) => (Is(family, "gpt-5", "gpt-6") && !Is(family, "gpt-5-chat")) || IsO(family);

    private static bool IsO(string family) => family is ['o', var digit, ..] && char.IsAsciiDigit(digit);

    private static bool Is(string family, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (family.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static AzureError? Unrecognized(JsonElement root, string? datedVersion, string family)
    {
        List<string>? names = null;
        foreach (var property in root.EnumerateObject())
        {
            var known = Known.Contains(property.Name)
                || (property.Name == "reasoning_effort"
                    // The dated path knows it since this version; a model that does not reason never does.
                    ? (datedVersion is null || string.CompareOrdinal(datedVersion, "2024-12-01") >= 0) && !Is(family, "gpt-4", "gpt-5-chat")
                    : datedVersion is null && KnownOnV1.Contains(property.Name));
            if (!known)
                (names ??= []).Add(property.Name);
        }

        return names is null ? null : AzureError.Invalid($"Unrecognized request argument{(names.Count > 1 ? "s" : "")} supplied: {string.Join(", ", names)}");
    }

    private static AzureError? Shape(JsonElement root)
    {
        if (!Has(root, "messages", out var messages))
            return AzureError.Invalid("Missing required parameter: 'messages'.", "messages", "missing_required_parameter");
        if (messages.ValueKind != JsonValueKind.Array)
            return AzureError.Invalid("Invalid type for 'messages': expected an array of objects.", "messages", "invalid_type");
        if (messages.GetArrayLength() == 0)
            return EmptyArray("messages");
        if (messages.EnumerateArray().Any(message => message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("role", out var role) || role.ValueKind != JsonValueKind.String))
            return AzureError.Invalid("Missing required parameter: 'messages[0].role'.", "messages[0].role", "missing_required_parameter");
        return Limit(root, "max_tokens") ?? Limit(root, "max_completion_tokens") ?? Tools(root) ?? StreamOptions(root);
    }

    private static AzureError? Limit(JsonElement root, string name) =>
        Has(root, name, out var limit) && limit.ValueKind == JsonValueKind.Number && limit.GetDouble() < 1
            ? AzureError.Invalid($"Invalid '{name}': integer below minimum value. Expected a value >= 1, but got {limit.GetRawText()} instead.", name, "integer_below_min_value")
            : null;

    private static AzureError? Tools(JsonElement root)
    {
        if (!Has(root, "tools", out var tools))
        {
            var orphan = Has(root, "tool_choice", out _) ? "tool_choice" : Has(root, "parallel_tool_calls", out _) ? "parallel_tool_calls" : null;
            return orphan is null ? null : AzureError.Invalid($"'{orphan}' is only allowed when 'tools' are specified.", orphan);
        }

        if (tools.ValueKind != JsonValueKind.Array || tools.EnumerateArray().Any(tool => tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("function", out var function)
            || function.ValueKind != JsonValueKind.Object || !function.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String))
            return AzureError.Invalid("Missing required parameter: 'tools[0].function'.", "tools[0].function", "missing_required_parameter");
        if (Has(root, "tool_choice", out var choice) && choice.ValueKind == JsonValueKind.Object
            && !(choice.TryGetProperty("function", out var chosen) && chosen.ValueKind == JsonValueKind.Object && chosen.TryGetProperty("name", out var chosenName) && chosenName.ValueKind == JsonValueKind.String))
            return AzureError.Invalid("Missing required parameter: 'tool_choice.function'.", "tool_choice.function", "missing_required_parameter");
        return tools.GetArrayLength() switch
        {
            0 => EmptyArray("tools"),
            > 128 and var count => AzureError.Invalid($"Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length {count} instead.", "tools", "array_above_max_length"),
            _ => null,
        };
    }

    private static AzureError? StreamOptions(JsonElement root) =>
        Has(root, "stream_options", out _) && !(Has(root, "stream", out var stream) && stream.ValueKind == JsonValueKind.True)
            ? AzureError.Invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
            : null;

    private static AzureError? Reasoning(JsonElement root, string family)
    {
        if (Has(root, "max_tokens", out _))
            return AzureError.Invalid("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "max_tokens", "unsupported_parameter");
        var effort = Has(root, "reasoning_effort", out var value) ? value.ToString() : null;
        var isReasoning = (effort ?? DefaultEffort(family)) != "none";
        if (isReasoning && Has(root, "temperature", out var temperature) && !(temperature.ValueKind == JsonValueKind.Number && temperature.GetDouble() == 1))
            return AzureError.Invalid($"Unsupported value: 'temperature' does not support {temperature.GetRawText()} with this model. Only the default (1) value is supported.", "temperature", "unsupported_value");
        foreach (var name in NotForReasoning)
        {
            // A model that can be told not to reason takes them then, but for the last one.
            if ((isReasoning || name == "logit_bias") && Has(root, name, out _)) return Unsupported(name);
        }

        if (IsO(family) && Has(root, "parallel_tool_calls", out _)) return Unsupported("parallel_tool_calls");
        var roles = root.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()).ToHashSet();
        if (roles.Contains("developer") && roles.Contains("system"))
            return AzureError.Invalid("Invalid 'messages': 'developer' and 'system' messages cannot be used together.", "messages", "invalid_value");
        return Effort(root, family, effort);
    }

    private static string DefaultEffort(string family) => Is(family, "gpt-5.1", "gpt-5.2", "gpt-5.4") && !IsChat(family) ? "none" : "medium";

    private static bool IsChat(string family) => family.EndsWith("-chat", StringComparison.Ordinal);

    private static AzureError? Effort(JsonElement root, string family, string? effort)
    {
        // 'minimal' belongs to gpt-5 alone, 'none' to most of the models after it.
        string[] supported = family is "gpt-5" or "gpt-5-mini" or "gpt-5-nano" ? ["minimal", "low", "medium", "high"]
            : IsChat(family) ? ["medium"]
            : Is(family, "gpt-6.1") ? ["low", "medium", "high", "xhigh"]
            : Is(family, "gpt-5", "gpt-6") ? ["none", "low", "medium", "high", "xhigh"]
            : ["low", "medium", "high"];
        if (effort is not null && !supported.Contains(effort))
            return AzureError.Invalid($"Unsupported value: 'reasoning_effort' does not support '{effort}' with this model. Supported values are: '{string.Join("', '", supported)}'.", "reasoning_effort", "unsupported_value");

        // https://github.com/BerriAI/litellm/pull/34569, https://github.com/dotnet/extensions/issues/7407: gpt-5.4-mini wants an explicit 'none', the others
        // since gpt-5.4 want it where they would reason; their first wording gave no advice (https://github.com/pipecat-ai/pipecat/issues/4043).
        var refusesTools = Is(family, "gpt-5.4-mini") ? effort != "none" : Is(family, "gpt-5.4", "gpt-5.5", "gpt-5.6", "gpt-6") && (effort ?? DefaultEffort(family)) != "none";
        var advice = family == "gpt-5.4" ? "Please use /v1/responses instead." : "To use function tools, use /v1/responses or set reasoning_effort to 'none'.";
        return refusesTools && Has(root, "tools", out _)
            ? AzureError.Invalid($"Function tools with reasoning_effort are not supported for {family} in /v1/chat/completions. {advice}", "reasoning_effort")
            : null;
    }

    private static AzureError Unsupported(string name) => AzureError.Invalid($"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter");

    private static AzureError EmptyArray(string name) =>
        AzureError.Invalid($"Invalid '{name}': empty array. Expected an array with minimum length 1, but got an empty array instead.", name, "empty_array");

    /// <summary>Whether it is there and not null: Azure takes a null as left out.</summary>
    private static bool Has(JsonElement root, string name, out JsonElement value) => root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
}
