namespace Gateway.Relay;

/// <summary>Frames of a stream of server-sent events, as bytes. Lines end in LF or CRLF; a lone CR, which the standard allows too, nobody sends.</summary>
internal static class SseFrame
{
    /// <summary>The length of the first whole frame, with the blank line that ends it; 0 where none is whole.</summary>
    /// <param name="bytes">The bytes of the stream, from the beginning of a frame.</param>
    /// <param name="searched">How many of them are known to hold no end.</param>
    public static int Length(ReadOnlySpan<byte> bytes, int searched)
    {
        if (bytes.StartsWith("\n"u8)) return 1;
        if (bytes.StartsWith("\r\n"u8)) return 2;

        // Back by two: the end may have begun in what was searched.
        var at = Math.Max(searched - 2, 0);
        while (bytes[at..].IndexOf((byte)'\n') is >= 0 and var offset)
        {
            at += offset + 1;
            if (bytes[at..].StartsWith("\n"u8)) return at + 1;
            if (bytes[at..].StartsWith("\r\n"u8)) return at + 2;
        }

        return 0;
    }

    /// <summary>Whether the frame is an event of the type <c>error</c>, as some servers send instead of an envelope.</summary>
    public static bool IsError(ReadOnlySpan<byte> frame) => frame.StartsWith("event: error"u8) || frame.StartsWith("event:error"u8);

    /// <summary>Where the data of a frame stands in it, without the field's name. Empty for a comment; null where several lines carry data.</summary>
    public static Range? Data(ReadOnlySpan<byte> frame)
    {
        Range data = default;
        for (var start = 0; start < frame.Length;)
        {
            var length = frame[start..].IndexOf((byte)'\n');
            var line = length < 0 ? frame[start..] : frame[start..(start + length)];
            if (line.EndsWith("\r"u8)) line = line[..^1];
            if (line.StartsWith("data:"u8))
            {
                if (!data.Equals(default)) return null;
                var skipped = line.StartsWith("data: "u8) ? "data: ".Length : "data:".Length;
                data = (start + skipped)..(start + line.Length);
            }

            start = length < 0 ? frame.Length : start + length + 1;
        }

        return data;
    }
}
