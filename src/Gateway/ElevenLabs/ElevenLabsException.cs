namespace Gateway.ElevenLabs;

/// <summary>ElevenLabs did not answer, or refused. The message is a few words for an operator, of nobody's call.</summary>
internal sealed class ElevenLabsException(string reason, Exception? inner = null) : Exception(reason, inner);
