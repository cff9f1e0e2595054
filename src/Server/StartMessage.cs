namespace Server;

/// <summary>What somebody who has just started the server wants to know.</summary>
internal static class StartMessage
{
    public static void Write(TextWriter output, string address, string model, string? key, bool emulated, string? storage)
    {
        var shownKey = key ?? "YOUR_KEY";
        output.WriteLine($$"""

            Listening on {{address}}, answered by {{(emulated ? "the emulator: scripted text, no model" : "the deployment that is configured")}}.
            {{(storage is null ? "" : $"What is kept of calls goes to {storage}.\n")}}Key: {{key ?? "the caller's secret, in Secrets__N__Value or in the Key Vault"}}
            {{(key is null ? "" : "It is new with each start. One that stays: Secrets__0__Name=caller-elevenlabs Secrets__0__Value=<a key>\n")}}
            Try it:
              curl -N {{address}}/v1/chat/completions -H 'Authorization: Bearer {{shownKey}}' -H 'Content-Type: application/json' \
                -d '{"stream": true, "messages": [{"role": "user", "content": "Hello, who is there?"}]}'

            Let ElevenLabs call it, through a tunnel to this machine (for example: cloudflared tunnel --url {{address}}):
              Agent > LLM > Custom LLM    Server URL: https://YOUR-TUNNEL/v1    Model ID: {{model}}    API key: {{shownKey}}

            """);
    }
}
