using System.Security.Cryptography;

namespace Server;

/// <summary>What a development machine with nothing configured gets.</summary>
internal static class DevelopmentDefaults
{
    private const string Model = "gpt-5.4-mini";

    public static bool HasNoDeployment(IConfiguration configuration) => !configuration.GetSection("Deployments").GetChildren().Any();

    /// <summary>Whether nobody could call: no vault, callers as by default, and no local value of their key.</summary>
    public static bool HasNoCallerKey(IConfiguration configuration) =>
        string.IsNullOrEmpty(configuration["KeyVault:Uri"])
        && !configuration.GetSection("Callers").GetChildren().Any()
        && !configuration.GetSection("Secrets").GetChildren().Any(static secret => secret["Name"] == "caller-elevenlabs");

    /// <summary>Whether something is to be kept of calls, and no place for it is given.</summary>
    public static bool HasNoStorage(IConfiguration configuration) =>
        configuration.GetValue<bool>("Webhooks:Enabled")
        && (configuration.GetValue<bool>("Webhooks:KeepTranscripts") || configuration.GetValue<bool>("Webhooks:KeepAudio"))
        && !configuration.GetSection("Storage").GetChildren().Any(static setting => setting.Key is "Uri" or "ConnectionString" or "Folder");

    /// <summary>A folder of the user's, outside of the repository: what people have said must not be committed.</summary>
    public static void UseFolder(ConfigurationManager configuration)
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "elevenlabs-azure-openai", "calls");
        configuration.AddInMemoryCollection([new("Storage:Folder", folder)]);
    }

    public static void UseEmulator(ConfigurationManager configuration, Uri endpoint) => configuration.AddInMemoryCollection(
    [
        new("Deployments:0:Name", Model),
        new("Deployments:0:Endpoint", endpoint.AbsoluteUri),
        new("Deployments:0:KeySecret", "emulator"),
        new("Secrets:emulator:Name", "emulator"),
        new("Secrets:emulator:Value", "emulator"),
    ]);

    /// <summary>A key for the default caller, new with each start: a fixed one would be everybody's as soon as a tunnel is open.</summary>
    public static string UseNewKey(ConfigurationManager configuration)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        configuration.AddInMemoryCollection(
        [
            // Not numbers, so that they stand beside whatever is configured.
            new("Secrets:caller:Name", "caller-elevenlabs"),
            new("Secrets:caller:Value", key),
            new("Secrets:end-user:Name", "end-user-key"),
            new("Secrets:end-user:Value", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))),
            new("Secrets:end-user-signing:Name", "end-user-signing"),
            new("Secrets:end-user-signing:Value", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))),
        ]);
        return key;
    }
}
