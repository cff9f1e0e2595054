using System.Collections.Immutable;

namespace Gateway.Secrets;

/// <summary>What one look at a secret gave: its active values, none when it is absent, or why it could not be read.</summary>
/// <remarks>A class, not a record: a record's <c>ToString</c> prints what it holds.</remarks>
internal sealed class SecretReading
{
    private SecretReading(ImmutableArray<string> values, string? failure) => (Values, Failure) = (values, failure);

    public static SecretReading Absent { get; } = new([], null);

    public ImmutableArray<string> Values { get; }

    /// <summary>Null when it was read or found absent.</summary>
    public string? Failure { get; }

    public static SecretReading Of(ImmutableArray<string> values) => new(values, null);

    public static SecretReading Failed(string reason) => new([], reason);
}
