namespace Simulation;

/// <summary>The settings of a gateway with two callers, <c>voice</c> and <c>api</c>.</summary>
internal static class TwoCallers
{
    public const string VoiceKey = "voice-key-0123456789";
    public const string ApiKey = "api-key-0123456789";
    public const string UpstreamKey = "upstream-key-0123456789";

    public static Dictionary<string, string?> Settings(IEnumerable<(string Name, string Endpoint)> deployments)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Callers:0:Name"] = "voice",
            ["Callers:1:Name"] = "api",
            ["Callers:1:Profile"] = "Api",
            ["Secrets:0:Name"] = "caller-voice",
            ["Secrets:0:Value"] = VoiceKey,
            ["Secrets:1:Name"] = "caller-api",
            ["Secrets:1:Value"] = ApiKey,
            ["Secrets:2:Name"] = "upstream-key",
            ["Secrets:2:Value"] = UpstreamKey,
            ["Secrets:3:Name"] = "end-user-key",
            ["Secrets:3:Value"] = "end-user-key-0123456789",
        };
        foreach (var (i, (name, endpoint)) in deployments.Index())
        {
            settings[$"Deployments:{i}:Name"] = name;
            settings[$"Deployments:{i}:Endpoint"] = endpoint;
            settings[$"Deployments:{i}:KeySecret"] = "upstream-key";
        }

        return settings;
    }
}
