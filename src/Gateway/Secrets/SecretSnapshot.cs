using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Gateway.Secrets;

/// <summary>
/// All secrets at one moment. There is a new one only when a value has changed, so whoever derives an index from it
/// rebuilds that when <see cref="SecretStore.Current"/> is another object.
/// </summary>
/// <remarks>A class, not a record: a record's <c>ToString</c> prints what it holds.</remarks>
internal sealed class SecretSnapshot(int version, FrozenDictionary<string, ImmutableArray<string>> values)
{
    /// <summary>1 for the first, one more with each change.</summary>
    public int Version { get; } = version;

    /// <summary>The active values of a secret, newest first; empty when it is absent or was never asked for.</summary>
    public ImmutableArray<string> this[string name] => values.GetValueOrDefault(name, []);

    /// <summary>The newest active value, or null.</summary>
    public string? Newest(string name) => this[name] is [var newest, ..] ? newest : null;

    public override string ToString() => $"{nameof(SecretSnapshot)} {Version}";
}
