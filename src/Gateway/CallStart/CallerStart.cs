namespace Gateway.CallStart;

/// <summary>What is told at the start of one caller's calls.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Recall">What is looked up before; null where there is no memory.</param>
/// <param name="TellsUserId">Whether ElevenLabs is told the end user's pseudonym.</param>
internal sealed record CallerStart(CallStartAnswer Answer, CallRecall? Recall, bool TellsUserId);
