using System.Security.Cryptography;
using System.Text;
using Gateway.Authentication;
using Gateway.Errors;
using Gateway.Secrets;
using Microsoft.Extensions.Logging;

namespace Gateway.Privacy;

/// <summary>Lets in who has the admin key. A caller's key is none: ElevenLabs has that.</summary>
internal sealed class AdminAccess(SecretStore secrets, string secret, ILogger log)
{
    // The 32 KiB of all headers would be hashed otherwise.
    private const int LongestKey = 512;

    /// <summary>Null for who has the key.</summary>
    public async Task<Failure?> CheckAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<char>[] presented = [.. Authenticator.Presented(request)];
        if (presented.Length == 0) return Authenticator.NoKey;
        if (await secrets.LoadedAsync(SecretStore.LoadWait, cancellationToken) is not { } current) return Authenticator.NotReady;
        if (current[secret] is not { Length: > 0 } accepted)
        {
            PrivacyLog.NoSecret(log, secret);
            return RouteHandler.LacksSecret;
        }

        // Each with each, so that it takes the same time whichever it is.
        var isRight = false;
        foreach (var key in presented)
        {
            var digest = Digest(key.Length <= LongestKey ? key.ToString() : "");
            foreach (var one in accepted) isRight |= CryptographicOperations.FixedTimeEquals(Digest(one), digest);
        }

        if (isRight) return null;

        // It may have been made a minute ago.
        secrets.RequestRefresh();
        return Authenticator.WrongKey;
    }

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
