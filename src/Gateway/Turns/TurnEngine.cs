using Gateway.Joining;
using Gateway.Secrets;
using Microsoft.Extensions.Logging;

namespace Gateway.Turns;

/// <summary>What all turns of this process share.</summary>
internal sealed record TurnEngine(SecretStore Secrets, string EndUserKeySecret, JoinableTurns Joinable, ProcessAge Age, TimeProvider Time, ILogger<ChatCompletionsHandler> Log);
