using System.Globalization;
using System.Numerics;
using Gateway.Speech.Languages;

namespace Gateway.Speech;

/// <summary>
/// Tells the ten languages with phrases from each other and from their neighbours, by small words and by letters
/// (docs/adr/0013-a-language-detector-of-our-own.md). It would rather say nothing than the wrong thing.
/// </summary>
internal static class LanguageDetector
{
    // A word counts 1 for the one language that has it, a half for either of two that have it, and so on. Chosen so that no sentence of
    // LanguageDetectorTests is taken for another language; that leaves one in ten unclaimed.
    private const double LeastScore = 1.2;
    private const double LeastLead = 1.6;
    private const double ForeignLetter = -1;

    // Of the words of a sentence more than half are small ones. A language that is not listed at all shares fewer with any.
    private const double LeastShare = 0.35;

    // Kanji alone may be Chinese. A Japanese sentence is half kana.
    private const double LeastKana = 0.2;

    private static readonly LanguageMarks[] Marks =
    [
        English.Marks, Spanish.Marks, German.Marks, French.Marks, Italian.Marks, Portuguese.Marks, Dutch.Marks, Polish.Marks, Hindi.Marks, .. OtherLanguages.Marks,
    ];

    /// <summary>The languages of each word, a bit for each.</summary>
    private static readonly Dictionary<string, uint> Words = ReadWords();

    /// <summary>The language of a text of a few words; null where it is none of those with phrases, or not certain.</summary>
    public static string? Detect(string text)
    {
        if (IsJapanese(text)) return "ja";

        Span<double> scores = stackalloc double[Marks.Length];
        Span<int> hits = stackalloc int[Marks.Length];
        var words = Score(text.ToLowerInvariant(), scores, hits);
        var best = 0;
        var second = double.MinValue;
        for (var i = 1; i < scores.Length; i++)
        {
            second = Math.Max(second, Math.Min(scores[i], scores[best]));
            if (scores[i] > scores[best]) best = i;
        }

        var isCertain = scores[best] >= LeastScore && scores[best] >= LeastLead * second && hits[best] >= LeastShare * words;
        return isCertain && PhraseBook.FindShipped(Marks[best].Language) is { } phrases ? phrases.Language : null;
    }

    /// <summary>Scores the languages, and counts the words that each knows. Returns how many words there are.</summary>
    private static int Score(string text, Span<double> scores, Span<int> hits)
    {
        var known = Words.GetAlternateLookup<ReadOnlySpan<char>>();
        var (count, start) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsPartOfWord(text[i])) continue;

            var word = text.AsSpan(start, i - start);
            start = i + 1;
            if (word.IsEmpty) continue;

            count++;
            known.TryGetValue(word, out var languages);
            for (var language = 0; language < scores.Length; language++)
            {
                if ((languages & (1u << language)) != 0)
                {
                    scores[language] += 1.0 / BitOperations.PopCount(languages);
                    hits[language]++;
                }
                else if (HasForeignLetter(word, Marks[language].Letters))
                {
                    scores[language] += ForeignLetter;
                }
            }
        }

        return count;
    }

    // Marks are the vowels of Devanagari.
    private static bool IsPartOfWord(char c) => char.IsLetter(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool HasForeignLetter(ReadOnlySpan<char> word, string letters)
    {
        foreach (var c in word)
        {
            var isLatin = c is (>= '\u00C0' and <= '\u024F') or (>= '\u1E00' and <= '\u1EFF');
            if (isLatin && !letters.Contains(c, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static bool IsJapanese(string text)
    {
        var (letters, kana) = (0, 0);
        foreach (var c in text)
        {
            if (!char.IsLetter(c)) continue;
            letters++;
            if (c is >= '\u3041' and <= '\u30FF') kana++;
        }

        return kana > letters * LeastKana;
    }

    private static Dictionary<string, uint> ReadWords()
    {
        var words = new Dictionary<string, uint>(3000);
        foreach (var (i, marks) in Marks.Index())
        {
            foreach (var word in marks.Words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)) words[word] = words.GetValueOrDefault(word) | (1u << i);
        }

        return words;
    }
}
