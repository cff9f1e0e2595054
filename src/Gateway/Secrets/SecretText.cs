namespace Gateway.Secrets;

/// <summary>What a person meant when they pasted a secret.</summary>
internal static class SecretText
{
    /// <summary>How App Service leaves a setting whose Key Vault reference it could not resolve.</summary>
    private const string UnresolvedReference = "@Microsoft.KeyVault(";

    /// <summary>Drops the line ends that <c>echo</c> and editors leave behind; null when nothing remains.</summary>
    public static string? Clean(string? value)
    {
        var text = value?.TrimEnd('\r', '\n');
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    public static bool IsUnresolvedReference(string value) =>
        value.AsSpan().TrimStart().StartsWith(UnresolvedReference, StringComparison.OrdinalIgnoreCase);
}
