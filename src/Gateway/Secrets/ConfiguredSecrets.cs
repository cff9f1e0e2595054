using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Gateway.Secrets;

/// <summary>Secrets by configuration, for development.</summary>
internal static class ConfiguredSecrets
{
    public static SecretReading Read(WantedSecret secret, IReadOnlyList<SecretOptions> configured, ILogger log)
    {
        var values = ImmutableArray.CreateBuilder<string>(secret.Versions);
        foreach (var option in configured)
        {
            if (!string.Equals(option.Name, secret.Name, StringComparison.OrdinalIgnoreCase))
                continue;
            if (SecretText.Clean(option.Value) is not { } value)
                Log.BlankValue(log, secret.Name);
            else if (SecretText.IsUnresolvedReference(value))
                Log.UnresolvedReference(log, secret.Name);
            else if (values.Count < secret.Versions)
                values.Add(value);
        }

        return SecretReading.Of(values.DrainToImmutable());
    }
}
