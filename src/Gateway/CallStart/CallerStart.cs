using System.Text.Json;

namespace Gateway.CallStart;

/// <summary>What is told at the start of one caller's calls.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Recall">What is looked up before; null where there is no memory.</param>
/// <param name="TellsUserId">Whether ElevenLabs is told the end user's pseudonym.</param>
internal sealed record CallerStart(CallStartAnswer Answer, CallRecall? Recall, bool TellsUserId)
{
    /// <summary>Writes what ElevenLabs is to begin this call with.</summary>
    public void Write(Utf8JsonWriter json, StartingCall call) =>
        Answer.Write(json, new CallFacts(call.Told, call.Identity.Token, call.Remembered), TellsUserId ? call.Identity.User?.Key : null);
}
