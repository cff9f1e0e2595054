namespace Gateway.Secrets;

/// <summary>What a person meant when they pasted a secret.</summary>
internal static class SecretText
{
    /// <summary>How App Service leaves a setting whose Key Vault reference it could not resolve.</summary>
    private const string UnresolvedReference = "@Microsoft.KeyVault(";

    /// <summary>Drops the line ends and blanks that <c>echo</c>, editors and pasting leave at its ends; null when nothing remains.</summary>
    public static string? Clean(string? value)
    {
        var text = value?.Trim();
        return string.IsNullOrEmpty(text) ? null : text;
    }

    public static bool IsUnresolvedReference(string value) =>
        value.AsSpan().TrimStart().StartsWith(UnresolvedReference, StringComparison.OrdinalIgnoreCase);
}
