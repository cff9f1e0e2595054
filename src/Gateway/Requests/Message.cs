namespace Gateway.Requests;

/// <summary>Where one of the request's messages stands in the body.</summary>
/// <param name="Role">Whose it is: one of a few constants, whatever was sent.</param>
/// <param name="Start">The first byte of its object.</param>
/// <param name="End">The byte after its object.</param>
/// <param name="ContentStart">The first byte of the value of <c>content</c>; 0 where there is none.</param>
/// <param name="ContentEnd">The byte after that value.</param>
/// <param name="HasToolCalls">Whether it calls at least one tool.</param>
internal readonly record struct Message(string Role, int Start, int End, int ContentStart, int ContentEnd, bool HasToolCalls)
{
    /// <summary>Whether the content is a text, and not <c>null</c> or a list of parts.</summary>
    public bool HasText(ReadOnlySpan<byte> body) => ContentStart > 0 && body[ContentStart] == '"';
}
