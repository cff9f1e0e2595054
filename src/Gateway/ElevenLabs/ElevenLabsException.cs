namespace Gateway.ElevenLabs;

/// <summary>ElevenLabs did not answer, or refused. The message is a few words for an operator, of nobody's call.</summary>
internal sealed class ElevenLabsException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>Whether what was asked for is not there.</summary>
    public bool IsAbsent { get; init; }
}
