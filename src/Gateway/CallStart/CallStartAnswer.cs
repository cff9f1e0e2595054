using System.Text.Json;

namespace Gateway.CallStart;

/// <summary>Writes what ElevenLabs is to begin a call with, from a caller's templates. What is not configured is not there: an override that the agent does not allow ends the call.</summary>
internal sealed class CallStartAnswer(CallStartOptions options)
{
    /// <summary>The dynamic variable that carries the end user's identity, for the header <c>x-end-user</c>.</summary>
    public const string EndUserVariable = "secret__end_user";

    private readonly (string Name, CallTemplate Value)[] _variables = [.. options.DynamicVariables.Select(static variable => (variable.Name, CallTemplate.Parse(variable.Value)!))];
    private readonly CallTemplate? _firstMessage = Template(options.FirstMessage);
    private readonly CallTemplate? _prompt = Template(options.Prompt);
    private readonly CallTemplate? _language = Template(options.Language);
    private readonly CallTemplate? _voice = Template(options.VoiceId);
    private readonly CallTemplate? _extraBody = Template(options.ExtraBody);

    /// <summary>Writes it.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="facts">What is known of the call.</param>
    /// <param name="userId">The end user's pseudonym; null where ElevenLabs is not to know it.</param>
    public void Write(Utf8JsonWriter json, CallFacts facts, string? userId)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "conversation_initiation_client_data"u8);
        json.WriteStartObject("dynamic_variables"u8);
        foreach (var (name, value) in _variables) json.WriteString(name, value.Render(facts));
        // Empty where there is nobody, and never missing: the agent's header is made of it.
        json.WriteString(EndUserVariable, facts[CallFacts.EndUser] ?? "");
        json.WriteEndObject();
        WriteOverrides(json, facts);
        if (_extraBody is not null)
        {
            json.WritePropertyName("custom_llm_extra_body"u8);
            json.WriteRawValue(_extraBody.RenderJson(facts));
        }

        if (userId is not null) json.WriteString("user_id"u8, userId);
        json.WriteEndObject();
    }

    private void WriteOverrides(Utf8JsonWriter json, CallFacts facts)
    {
        var (firstMessage, prompt, language, voice) = (Render(_firstMessage, facts), Render(_prompt, facts), Render(_language, facts), Render(_voice, facts));
        if (language is not null && !LanguageCode.IsOne(language)) language = null;
        if ((firstMessage ?? prompt ?? language ?? voice) is null) return;

        json.WriteStartObject("conversation_config_override"u8);
        if ((firstMessage ?? prompt ?? language) is not null)
        {
            json.WriteStartObject("agent"u8);
            if (prompt is not null)
            {
                json.WriteStartObject("prompt"u8);
                json.WriteString("prompt"u8, prompt);
                json.WriteEndObject();
            }

            if (firstMessage is not null) json.WriteString("first_message"u8, firstMessage);
            if (language is not null) json.WriteString("language"u8, language);
            json.WriteEndObject();
        }

        if (voice is not null)
        {
            json.WriteStartObject("tts"u8);
            json.WriteString("voice_id"u8, voice);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static CallTemplate? Template(string? text) => string.IsNullOrEmpty(text) ? null : CallTemplate.Parse(text);

    // What comes out empty overrides nothing.
    private static string? Render(CallTemplate? template, CallFacts facts) => template?.Render(facts) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
}
