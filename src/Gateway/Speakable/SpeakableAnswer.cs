using Gateway.Relay;
using Gateway.Requests;

namespace Gateway.Speakable;

/// <summary>Makes a whole completion speakable.</summary>
internal static class SpeakableAnswer
{
    /// <summary>Takes what nobody can speak out of the content of the first choice.</summary>
    /// <param name="completion">The completion, as JSON.</param>
    /// <param name="whole">What was seen in it, and then what there is to see.</param>
    public static void Rewrite(PooledBuffer completion, ref Chunk whole)
    {
        if (whole.Content.Equals(default)) return;

        using var text = new SpokenText();
        text.Write(completion.Span[whole.Content][1..^1]);
        text.Finish();
        completion.Replace((whole.Content.Start.Value + 1)..(whole.Content.End.Value - 1), text.Spoken);
        ChunkReader.TryRead(completion.Span, calls: null, out whole);
    }
}
