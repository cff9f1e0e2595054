using Gateway.EndUsers;
using Gateway.Secrets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.EndUsers;

/// <summary>Tokens and ids over secrets as they might stand in a vault.</summary>
internal sealed class Identities : IDisposable
{
    public const string Key = "an end user key of 32 characters";
    public const string Secret = "a signing secret of 32 characters";
    public const string OldSecret = "the signing secret before, 32 chars";

    private readonly SecretStore _secrets;

    public Identities(bool hasSecrets = true)
    {
        SecretOptions[] secrets = [new() { Name = "end-user-key", Value = Key }, new() { Name = "end-user-signing", Value = Secret }, new() { Name = "end-user-signing", Value = OldSecret }];
        _secrets = SecretStore.FromConfiguration([new("end-user-key"), new("end-user-signing", 2)], hasSecrets ? secrets : [], Time, NullLogger<SecretStore>.Instance);
        Ids = new EndUserIds(_secrets, "end-user-key");
        Tokens = new EndUserTokens(_secrets, "end-user-signing", Ids);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    public EndUserIds Ids { get; }

    public EndUserTokens Tokens { get; }

    public void Dispose() => _secrets.Dispose();
}
