namespace FunctionsApp.Tests;

/// <summary>Settings with which the gateway starts, in the Development environment. Nothing listens at the endpoint.</summary>
internal static class GatewaySettings
{
    public const string CallerKey = "a-caller-of-these-tests";

    public static IReadOnlyDictionary<string, string?> Valid { get; } = new Dictionary<string, string?>
    {
        ["Deployments:0:Name"] = "gpt-5.4-mini",
        ["Deployments:0:Endpoint"] = "http://127.0.0.1:9",
        ["Deployments:0:KeySecret"] = "upstream",
        ["Secrets:0:Name"] = "upstream",
        ["Secrets:0:Value"] = "nobody-asks",
        ["Secrets:1:Name"] = "caller-elevenlabs",
        ["Secrets:1:Value"] = CallerKey,
    };
}
