using System.Security.Cryptography;
using Gateway.Storage;

namespace Server;

/// <summary>What a development machine with nothing configured gets.</summary>
internal static class DevelopmentDefaults
{
    private const string Model = "gpt-5.4-mini";

    public static bool HasNoDeployment(IConfiguration configuration) => !configuration.GetSection("Deployments").GetChildren().Any();

    /// <summary>Whether the caller who is there by default, or by its name, could not call: no vault, and no local value of their key.</summary>
    public static bool HasNoCallerKey(IConfiguration configuration) =>
        HasNoSecret(configuration, "caller-elevenlabs")
        && (!configuration.GetSection("Callers").GetChildren().Any() || configuration.GetSection("Callers").GetChildren().Any(static caller => caller["Name"] == "elevenlabs" && caller["KeySecret"] is null));

    /// <summary>Whether something is to be kept of calls or end users.</summary>
    public static bool KeepsSomething(IConfiguration configuration) =>
        KeepsCalls(configuration) || IsOn(configuration, "Privacy:Enabled")
        || RemembersWith(configuration, static provider => provider.Equals("BuiltIn", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether something is to be kept, and no place for it is given.</summary>
    public static bool HasNoStorage(IConfiguration configuration) =>
        KeepsSomething(configuration) && !configuration.GetSection("Storage").GetChildren().Any(static setting => setting.Key is "Uri" or "ConnectionString" or "Folder");

    /// <summary>A folder of the user's, outside of the repository: what people have said must not be committed.</summary>
    public static string CallsFolder => Path.Combine(Folder, "calls");

    private static string Folder { get; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "elevenlabs-azure-openai");

    public static void UseFolder(ConfigurationManager configuration, string folder) => configuration.AddInMemoryCollection([new("Storage:Folder", folder)]);

    public static void UseAzurite(ConfigurationManager configuration, string connectionString) => configuration.AddInMemoryCollection([new("Storage:ConnectionString", connectionString)]);

    public static void UseEmulator(ConfigurationManager configuration, Uri endpoint)
    {
        configuration.AddInMemoryCollection(
        [
            new("Deployments:0:Name", Model),
            new("Deployments:0:Endpoint", endpoint.AbsoluteUri),
            new("Deployments:0:KeySecret", "emulator"),
        ]);
        // Beside a vault it would not be read, and be warned of as if the user had set it.
        if (HasNoVault(configuration)) configuration.AddInMemoryCollection([new("Secrets:emulator:Name", "emulator"), new("Secrets:emulator:Value", "emulator")]);
    }

    /// <summary>A key for the default caller, new with each start: a fixed one would be everybody's as soon as a tunnel is open.</summary>
    public static string UseNewKey(ConfigurationManager configuration)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        configuration.AddInMemoryCollection(
        [
            // Not numbers, so that they stand beside whatever is configured.
            new("Secrets:caller:Name", "caller-elevenlabs"),
            new("Secrets:caller:Value", key),
        ]);
        return key;
    }

    /// <summary>
    /// The secrets of end users' identities, where there are none. Where something is kept the key is kept too, in a file, wherever that is:
    /// with another one what is there of end users would be nobody's at the next start, and could be deleted by nobody.
    /// </summary>
    public static void UseEndUserSecrets(ConfigurationManager configuration)
    {
        if (HasNoSecret(configuration, "end-user-key"))
        {
            var key = KeepsSomething(configuration) || RemembersWith(configuration, static provider => !provider.Equals("None", StringComparison.OrdinalIgnoreCase)) ? KeptKey(Path.Combine(Folder, "end-user-key")) : NewSecret();
            configuration.AddInMemoryCollection([new("Secrets:end-user:Name", "end-user-key"), new("Secrets:end-user:Value", key)]);
        }

        if (HasNoSecret(configuration, "end-user-signing"))
            configuration.AddInMemoryCollection([new("Secrets:end-user-signing:Name", "end-user-signing"), new("Secrets:end-user-signing:Value", NewSecret())]);
    }

    private static bool RemembersWith(IConfiguration configuration, Func<string, bool> provider) =>
        configuration.GetSection("Callers").GetChildren().Any(caller => caller["Memory:Provider"] is { } name && provider(name));

    private static bool KeepsCalls(IConfiguration configuration) =>
        IsOn(configuration, "Webhooks:Enabled") && (IsOn(configuration, "Webhooks:KeepTranscripts") || IsOn(configuration, "Webhooks:KeepAudio"));

    // What is neither true nor false is named when the settings are bound, a moment later.
    private static bool IsOn(IConfiguration configuration, string setting) => bool.TryParse(configuration[setting], out var on) && on;

    private static bool HasNoSecret(IConfiguration configuration, string name) =>
        HasNoVault(configuration) && !configuration.GetSection("Secrets").GetChildren().Any(secret => secret["Name"] == name);

    private static bool HasNoVault(IConfiguration configuration) => string.IsNullOrEmpty(configuration["KeyVault:Uri"]);

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static string KeptKey(string path)
    {
        if (!File.Exists(path))
        {
            PrivateFiles.MakeFolder(Path.GetDirectoryName(path)!);
            // Written beside it and moved, so that a server that starts at the same time reads all of it or makes way.
            var unfinished = $"{path}.{Environment.ProcessId}";
            using (var writer = new StreamWriter(PrivateFiles.Open(unfinished, FileMode.Create))) writer.Write(NewSecret());
            try
            {
                File.Move(unfinished, path);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(unfinished);
            }
        }

        return File.ReadAllText(path);
    }
}
