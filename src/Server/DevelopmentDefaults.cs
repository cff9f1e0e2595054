using System.Security.Cryptography;

namespace Server;

/// <summary>What a development machine with nothing configured gets.</summary>
internal static class DevelopmentDefaults
{
    private const string Model = "gpt-5.4-mini";

    public static bool HasNoDeployment(IConfiguration configuration) => !configuration.GetSection("Deployments").GetChildren().Any();

    public static bool HasNoSecrets(IConfiguration configuration) =>
        string.IsNullOrEmpty(configuration["KeyVault:Uri"]) && !configuration.GetSection("Secrets").GetChildren().Any();

    public static void UseEmulator(ConfigurationManager configuration, Uri endpoint) => configuration.AddInMemoryCollection(
    [
        new("Deployments:0:Name", Model),
        new("Deployments:0:Endpoint", endpoint.AbsoluteUri),
        new("Deployments:0:KeySecret", "emulator"),
        // Not a number, so that it stands beside whatever is configured.
        new("Secrets:emulator:Name", "emulator"),
        new("Secrets:emulator:Value", "emulator"),
    ]);

    /// <summary>A key for the default caller, new with each start: a fixed one would be everybody's as soon as a tunnel is open.</summary>
    public static string UseNewKey(ConfigurationManager configuration)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        configuration.AddInMemoryCollection(
        [
            new("Secrets:0:Name", "caller-elevenlabs"),
            new("Secrets:0:Value", key),
            new("Secrets:1:Name", "end-user-key"),
            new("Secrets:1:Value", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))),
        ]);
        return key;
    }
}
