namespace Gateway.Speech;

/// <summary>By what a text of a language is told from others.</summary>
/// <param name="Language">The language's code.</param>
/// <param name="Letters">The letters that the language has beside a to z, in lower case.</param>
/// <param name="Words">Its small words, and those of any talk on the phone, in lower case; an apostrophe parts words.</param>
internal sealed record LanguageMarks(string Language, string Letters, string Words);
