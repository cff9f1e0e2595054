using Gateway.Secrets;

namespace Gateway.Upstream;

/// <summary>What a call says besides its body, and how it goes.</summary>
/// <param name="RequestId">The turn's id; Azure's support finds a call by it.</param>
/// <param name="SessionId">What the header <c>x-ms-session-id</c> says; null where it is not sent.</param>
/// <param name="Secrets">Where the resource's key is, if it has one.</param>
/// <param name="Time">The clock.</param>
/// <param name="AnotherConnection">Whether the deployment has been tried in this turn, so that the connection may be what is wrong.</param>
/// <param name="AfterRefusedCredential">Whether it refused the credential in this turn: a newer one is waited for, for a moment.</param>
internal readonly record struct UpstreamCall(string RequestId, string? SessionId, SecretStore Secrets, TimeProvider Time, bool AnotherConnection, bool AfterRefusedCredential);
