using Gateway.Requests;

namespace Gateway.Relay;

/// <summary>Takes the role out of frames, for an answer that others' words have begun.</summary>
internal static class RoleFrames
{
    /// <summary>Drops frames that only carry the role, and the role of those that carry more.</summary>
    public static void Drop(PooledBuffer frames)
    {
        var position = 0;
        while (SseFrame.Length(frames.Span[position..], 0) is > 0 and var length)
        {
            var frame = frames.Span[position..(position + length)];
            if (Cut(frame) is not { } cut)
            {
                position += length;
                continue;
            }

            var (start, cutLength) = cut.GetOffsetAndLength(frame.Length);
            frames.Replace((position + start)..(position + start + cutLength), []);
            position += length - cutLength;
        }
    }

    private static Range? Cut(ReadOnlySpan<byte> frame)
    {
        if (SseFrame.Data(frame) is not { } range || !ChunkReader.TryRead(frame[range], calls: null, out var chunk) || !chunk.Has(ChunkKind.Delta)) return null;
        if (!chunk.Has(ChunkKind.Progress | ChunkKind.Finish)) return ..;

        // No text can hold these bytes: in a JSON string its quotes would be escaped.
        var first = frame.IndexOf("\"role\":\"assistant\","u8);
        if (first >= 0) return first..(first + "\"role\":\"assistant\",".Length);
        var last = frame.IndexOf(",\"role\":\"assistant\""u8);
        return last >= 0 ? last..(last + ",\"role\":\"assistant\"".Length) : null;
    }
}
