namespace Gateway.Requests;

/// <summary>Where one property of the request's object stands in the body.</summary>
/// <param name="Field">Which one it is.</param>
/// <param name="IsNull">Whether the value is <c>null</c>, which OpenAI takes as absent.</param>
/// <param name="Start">The first byte of its name, the quote.</param>
/// <param name="ValueStart">The first byte of its value.</param>
/// <param name="End">The byte after its value.</param>
internal readonly record struct Property(Field Field, bool IsNull, int Start, int ValueStart, int End);
