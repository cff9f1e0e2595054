using System.ComponentModel;
using System.Diagnostics;

namespace EndToEnd.Tests.Hosts;

/// <summary>The npm packages of <c>tests/clients</c>, where they are installed.</summary>
internal static class Node
{
    private const string Install = "npm install --prefix tests/clients";

    private static readonly string Clients = Path.Combine(Built.Repository, "tests", "clients");

    private static readonly Lazy<bool> IsThere = new(static () =>
    {
        try
        {
            using var version = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true })!;
            version.WaitForExit();
            return version.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    });

    /// <summary>What is missing, and how to get it; null where nothing is.</summary>
    public static string? Missing =>
        !IsThere.Value ? $"Node is not installed. With Node 20 or later: {Install}"
        : !Directory.Exists(Path.Combine(Clients, "node_modules")) ? $"The npm clients are not installed: {Install}"
        : null;

    /// <summary>Skips the test where Node or the packages are absent.</summary>
    public static void Needed()
    {
        if (Missing is { } missing) Assert.Skip(missing);
    }

    /// <summary>Starts a script, by its path in <c>tests/clients</c>.</summary>
    public static RunningProcess Start(string script, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>>? settings = null) =>
        RunningProcess.Start("node", [Path.Combine(Clients, script), .. arguments], Clients, settings);
}
