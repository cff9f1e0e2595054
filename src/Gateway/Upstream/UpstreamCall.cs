using Gateway.Secrets;

namespace Gateway.Upstream;

/// <summary>What a call says besides its body, and how it goes.</summary>
/// <param name="RequestId">The turn's id.</param>
/// <param name="SessionId">What the header <c>x-ms-session-id</c> says; null where it is not sent.</param>
/// <param name="Agent">What an agent is told of the turn; null where none is called.</param>
/// <param name="Secrets">Where the upstream's key is, if it has one.</param>
/// <param name="Time">The clock.</param>
/// <param name="AnotherConnection">Whether the deployment has been tried in this turn, so that the connection may be what is wrong.</param>
/// <param name="AfterRefusedCredential">Whether it refused the credential in this turn: a newer one is waited for, for a moment.</param>
internal readonly record struct UpstreamCall(string RequestId, string? SessionId, AgentContext? Agent, SecretStore Secrets, TimeProvider Time, bool AnotherConnection, bool AfterRefusedCredential);
