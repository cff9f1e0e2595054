using System.Reflection;

namespace EndToEnd.Tests.Hosts;

/// <summary>What was built beside the tests, and where.</summary>
internal static class Built
{
    /// <summary>The server's assembly.</summary>
    public static string Server { get; } = Metadata("Server");

    /// <summary>The folder of the repository.</summary>
    public static string Repository { get; } = Metadata("Repository");

    /// <summary>Debug or Release.</summary>
    public static string Configuration { get; } = Metadata("Configuration");

    private static string Metadata(string key) =>
        typeof(Built).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
