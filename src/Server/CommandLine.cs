using System.Net;
using System.Reflection;
using Gateway.Options;

namespace Server;

/// <summary>
/// The arguments of a server: settings of the endpoint or of its host, each with its value. What is none is a mistake, and a server that ran all the same would hide it; so is what
/// Azure sets and nobody else should, such as <c>IDENTITY_ENDPOINT</c>.
/// </summary>
internal static class CommandLine
{
    private const string Urls = "urls";

    // What is read from the configuration, and is no property of GatewayOptions.
    private static readonly string[] Others = [Urls, "environment", "contentRoot", "Kestrel", "Logging", "AZURE_CLIENT_ID"];

    /// <summary>What is wrong with the arguments; null where nothing is.</summary>
    public static string? Problem(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal)) return $"Unknown command '{args[i]}'. There is one, backfill; without it the server runs.";
            var (name, value) = args[i][2..].Split('=', 2) is [var before, var behind] ? (before, behind) : (args[i][2..], ++i < args.Length ? args[i] : null);
            // What is in a section is not looked at: one that is misspelt is not noticed elsewhere either.
            var section = name.Split(':')[0];
            if (!Others.Contains(section, StringComparer.OrdinalIgnoreCase) && typeof(GatewayOptions).GetProperty(section, BindingFlags.IgnoreCase | BindingFlags.Instance | BindingFlags.Public) is null)
                return $"Unknown option '--{name}'. There are --urls <address> and the settings, such as --Webhooks:Enabled true.";
            if (value is null) return $"The option '--{name}' has no value.";
            if (name.Equals(Urls, StringComparison.OrdinalIgnoreCase) && value.Split(';').Select(AddressProblem).FirstOrDefault(static wrong => wrong is not null) is { } address) return $"The option '--urls' {address}";
        }

        return null;
    }

    private static string? AddressProblem(string url) => Address(url) switch
    {
        null => "wants addresses such as http://127.0.0.1:5081, separated by ';'. The server speaks http only: TLS is for what stands before it.",
        { Port: 0 } address when IsLocalhost(address) => "takes no port 0 with localhost, which is two addresses. A port that is free: http://127.0.0.1:0",
        { Host: "*" or "+" } or { IsUnixPipe: true } => null,
        // Kestrel resolves no name: any other is every interface to it, also one that is a slip of an address.
        { } address => IsLocalhost(address) || IPAddress.TryParse(address.Host, out _) ? null : "takes no name but localhost: a server would listen on every interface. Where it is to, that is http://*:5081",
    };

    private static bool IsLocalhost(BindingAddress address) => address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static BindingAddress? Address(string url)
    {
        try
        {
            // What could be no name either, such as "unix:" without its path, is no address.
            return BindingAddress.Parse(url) is { PathBase: "", Port: >= 0 and <= ushort.MaxValue } address
                && address.Scheme.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase)
                && (address.Host is "*" or "+" || address.IsUnixPipe || Uri.CheckHostName(address.Host) != UriHostNameType.Unknown) ? address : null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;
        }
    }
}
