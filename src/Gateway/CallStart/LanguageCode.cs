namespace Gateway.CallStart;

/// <summary>The code of a language as ElevenLabs has it: <c>de</c>, <c>pt-br</c>.</summary>
internal static class LanguageCode
{
    public static bool IsOne(string text) => text.Split('-') is { Length: <= 2 } parts && parts.All(static part => part.Length == 2 && part.All(char.IsAsciiLetterLower));
}
