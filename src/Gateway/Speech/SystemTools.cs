namespace Gateway.Speech;

/// <summary>The names of ElevenLabs' system tools ("System tools" of its agents' documentation).</summary>
internal static class SystemTools
{
    public const string EndCall = "end_call";
    public const string LanguageDetection = "language_detection";
    public const string SkipTurn = "skip_turn";
    public const string TransferToAgent = "transfer_to_agent";
    public const string TransferToNumber = "transfer_to_number";
    public const string VoicemailDetection = "voicemail_detection";
}
