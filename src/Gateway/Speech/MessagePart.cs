namespace Gateway.Speech;

/// <summary>Where a part of a message's content stands in the request's body.</summary>
/// <param name="Start">The first byte of the part.</param>
/// <param name="End">The byte after it.</param>
/// <param name="TextStart">The first byte of its text, after the quote; 0 where it has none, such as a picture.</param>
/// <param name="TextEnd">The byte after its text, the quote.</param>
internal readonly record struct MessagePart(int Start, int End, int TextStart, int TextEnd)
{
    public bool IsText => TextStart > 0;
}
