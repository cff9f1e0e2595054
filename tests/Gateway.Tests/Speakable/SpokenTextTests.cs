using System.Diagnostics;
using System.Text;
using Gateway.Speakable;

namespace Gateway.Tests.Speakable;

public sealed class SpokenTextTests
{
    [Theory]
    // The examples of docs/elevenlabs.md
    [InlineData("**Two** options, see [prices](https://a.example/p):", "Two options, see prices:")]
    [InlineData("- Cut: **30 €**", "Cut: 30 €")]
    [InlineData("Book at https://a.example.", "Book at .")]
    // Emphasis
    [InlineData("**bold** text", "bold text")]
    [InlineData("*it* and _it_ and __b__", "it and it and b")]
    [InlineData("***both*** and **_both_**", "both and both")]
    [InlineData("**bold *and it* again**", "bold and it again")]
    [InlineData("~~old~~ new", "old new")]
    [InlineData("**Note:** take \"**two**\" (*daily*).", "Note: take \"two\" (daily).")]
    [InlineData("**Fett**gedruckt", "Fettgedruckt")]
    [InlineData("这是**重点**内容。", "这是重点内容。")]
    [InlineData("**중요**합니다", "중요합니다")]
    [InlineData("**one\ntwo**", "one\ntwo")]
    [InlineData("2 * 3 is 6 and 5*5 is 25", "2 * 3 is 6 and 5*5 is 25")]
    [InlineData("(2+3)*(4+5)", "(2+3)*(4+5)")]
    [InlineData("2**3", "2**3")]
    [InlineData("**5*5**", "5*5")]
    [InlineData("a 5* hotel", "a 5* hotel")]
    [InlineData("Dial *67, *#06# or **10** and press * or *.", "Dial *67, *#06# or 10 and press * or *.")]
    [InlineData("snake_case_name and _snake_case_", "snake_case_name and snake_case")]
    [InlineData("~5 minutes", "~5 minutes")]
    [InlineData("**open\n\n5* hotel", "open\n\n5* hotel")]
    // Lines
    [InlineData("# Title\ntext", "Title\ntext")]
    [InlineData("###### Six", "Six")]
    [InlineData("####### Seven", "####### Seven")]
    [InlineData("#1 in C# and # here", "#1 in C# and # here")]
    [InlineData("Title\n=====\nMore\n-----\n", "Title\n\nMore\n\n")]
    [InlineData("- one\n* two\n+ three", "one\ntwo\nthree")]
    [InlineData("- one\n  - **two**\n", "one\n  two\n")]
    [InlineData("1. one\n2) two", "1. one\n2) two")]
    [InlineData("-5 degrees - or -6", "-5 degrees - or -6")]
    [InlineData("> quote\n>> more\n> - point", "quote\nmore\npoint")]
    [InlineData(">5 is much, 3 > 2", ">5 is much, 3 > 2")]
    [InlineData("a\n---\nb\n* * *\nc\n___", "a\n\nb\n\nc\n")]
    [InlineData("a -- b --- c", "a -- b --- c")]
    [InlineData("# A\r\n- b\r\n---\r\nc", "A\r\nb\r\n\r\nc")]
    // Code
    [InlineData("Say `hello` or ``a ` b``.", "Say hello or a ` b.")]
    [InlineData("`a*b*c` and `_x_` and `[x](y)`", "a*b*c and _x_ and [x](y)")]
    [InlineData("rock`n`roll", "rock`n`roll")]
    [InlineData("`open\n**b**", "open\nb")]
    [InlineData("```one`two``` three", "one`two three")]
    [InlineData("Here:\n```python\nx = [1]\n# no\n```\nDone.", "Here:\nDone.")]
    [InlineData("Here:\r\n```python title=\"x\"\r\nx\r\n```\r\nDone.", "Here:\r\n\r\nDone.")]
    [InlineData("- a\n  ~~~ Json\n  {}\n  ~~~\n- b", "a\n  b")]
    [InlineData("````c\n```\nx\n````\ny", "y")]
    [InlineData("```js\nlet a = `x`;\n``` and more", " and more")]
    [InlineData("```\nDear **you**,\n```\nok", "Dear you,\nok")]
    [InlineData("```Markdown\n# Hi\n```\nok", "Hi\nok")]
    [InlineData("```text\nHi\n```", "Hi\n")]
    // Links
    [InlineData("See [our site](https://a.example/b) now", "See our site now")]
    [InlineData("[**bold** `x`](u) [](u)", "bold x ")]
    [InlineData("[a](https://a.example/b_(c)) (d)", "a (d)")]
    [InlineData("[a](u \"title\") b [c](u 'd' ) e", "a b c e")]
    [InlineData("[a](see below) b", "a b")]
    [InlineData("[https://a.example](https://a.example)!", "!")]
    [InlineData("![a cat](cat.png) and ![dog]", "a cat and ![dog]")]
    [InlineData("Wow![a](u)", "Wow!a")]
    [InlineData("Bonjour ! Ça va !", "Bonjour ! Ça va !")]
    [InlineData("[laughs] That is [1] **it** [ x ]", "[laughs] That is [1] it [ x ]")]
    [InlineData("[a [b](u)", "[a b")]
    [InlineData("[a\n](u)", "[a\n](u)")]
    // URLs
    [InlineData("Go to https://a.example/b?c=d_e&f#g, or www.b.example.", "Go to , or .")]
    [InlineData("HTTP://A.EXAMPLE and **https://b.example**", " and ")]
    [InlineData("(see https://a.example/b_(c)).", "(see ).")]
    [InlineData("<https://a.example> and \"https://b.example\"", " and \"\"")]
    [InlineData("请看https://a.example。谢谢", "请看。谢谢")]
    [InlineData("a.example, me@a.example, xhttp://b, httpd, www", "a.example, me@a.example, xhttp://b, httpd, www")]
    [InlineData("https://a.example\n- b", "\nb")]
    // Tables
    [InlineData("| Cut | Price |\n|:---|---:|\n| Long | **30** € |\n| - | -5 |\n", "Cut, Price\n\nLong, 30 €\n-5\n")]
    [InlineData("|a|b|\r\n|-|-|\r\n|c||d|\r\nx | y", "a, b\n\nc, d\nx | y")]
    [InlineData("a || b |c|", "a || b |c|")]
    // HTML, and what ElevenLabs takes
    [InlineData("a<br>b<BR/>- c<br />d", "a\nb\nc\nd")]
    [InlineData("| a<br>b | c |", "a b, c")]
    [InlineData("<break time=\"1s\" /> <spanish>Hola</spanish> 1 < 2 <b>x</b>", "<break time=\"1s\" /> <spanish>Hola</spanish> 1 < 2 <b>x</b>")]
    [InlineData("Let me see... ok... ", "Let me see... ok... ")]
    // Escapes
    [InlineData("2 \\* 3, \\[a\\](b), 1\\. C:\\Users\\n", "2 * 3, [a](b), 1. C:\\Users\\n")]
    [InlineData("\\# no heading", "# no heading")]
    // Unterminated
    [InlineData("**bold", "bold")]
    [InlineData("bold**", "bold**")]
    [InlineData("text **", "text **")]
    [InlineData("a [link", "a [link")]
    [InlineData("a [link]", "a [link]")]
    [InlineData("a [link](https://a.exa", "a link")]
    [InlineData("a `code", "a code")]
    [InlineData("a https:/", "a https:/")]
    [InlineData("a https://a.example...", "a ...")]
    [InlineData("```python\nx", "")]
    [InlineData("```pyth", "")]
    [InlineData("- ", "")]
    [InlineData("| a | b ", "a, b")]
    [InlineData("a\\", "a\\")]
    [InlineData("", "")]
    public void Text_InAnyPieces_IsSpoken(string text, string spoken)
    {
        Assert.Equal(spoken, Spoken.Of(text));
        Assert.Equal(spoken, Spoken.OfPieces(text.EnumerateRunes().Select(static rune => rune.ToString())));
    }

    [Theory]
    [InlineData("\\u002a\\u002Abold\\u002a* x", "bold x")]
    [InlineData("\\u0023 T\\u000a\\u002d one", "T\\u000aone")]
    [InlineData("\\u005ba\\u005d\\u0028u\\u0029 \\u0068ttp:\\/\\/x \\u0060\\u0060\\u0060", "a  ")]
    [InlineData("\\n\\u0060``\\u0074ext\\nhi", "\\nhi")]
    [InlineData("\\u0041\\/\\t\\\"\\b\\f \\ud83d\\ude00 \\ud83d \\ude00 \\u00fc", "\\u0041\\/\\t\\\"\\b\\f \\ud83d\\ude00 \\ud83d \\ude00 \\u00fc")]
    [InlineData("**\\ud83d\\ude00** *ü* **€** **😀**", "\\ud83d\\ude00 ü € 😀")]
    [InlineData("\\u4e2d**\\u4e2d**\\u4e2d", "\\u4e2d\\u4e2d\\u4e2d")]
    [InlineData("\\\\*a\\\\\\\"", "*a\\\"")]
    public void Json_Escaped_IsTheTextThatItStandsFor(string json, string spoken) => Assert.Equal(spoken, Spoken.OfJson([json]));

    [Fact]
    public void Bytes_ThatAreNoUtf8_Pass()
    {
        using var text = new SpokenText();
        text.Write([(byte)'a', 0xC3, 0xFF, 0x80, (byte)' ', 0xF0, 0x9F]);
        text.Finish();

        Assert.Equal([(byte)'a', 0xC3, 0xFF, 0x80, (byte)' ', 0xF0, 0x9F], text.Spoken.ToArray());
    }

    [Fact]
    public void Text_InRandomPieces_IsSpokenAsInOne()
    {
        string[] parts =
        [
            "*", "**", "_", "__", "~~", "`", "```", "~~~", "#", "## ", "-", "- ", "+ ", "> ", "---", "===", "|", "| ", "|---|", "[", "]", "](", ")", "(", "!", "![", "<br>", "<", ">", "\\\\", "\\n", "\\r\\n", "\\n\\n", " ", "  ",
            "\\u002a", "\\u005b", "\\ud83d\\ude00", "😀", "ü", "中", "http://", "https://a.example/b", "www.", "h", "w", "python\\n", "text\\n", "\\\"", "'", ".", ",", ":", "5", "word", "a b", "Hello there", "snake_case",
        ];
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var json = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => parts[random.Next(parts.Length)]));
            var expected = Spoken.OfJson([json]);

            for (var split = 0; split < 4; split++) Assert.Equal((seed, expected), (seed, Spoken.OfJson(Pieces(json, random))));
        }
    }

    [Fact]
    public void Text_WithoutMarks_PassesAtOnce()
    {
        using var text = new SpokenText();
        foreach (var piece in new[] { "Sure!", " I can", " do that", ": 10", "-12", " o'clock", ", 5", "*5", " is 25", ".", " Bonjour", "\\n", "1. One", "\\n2. Two #3" })
        {
            text.Clear();
            text.Write(Encoding.UTF8.GetBytes(piece));
            Assert.Equal(piece, Encoding.UTF8.GetString(text.Spoken));
        }
    }

    [Fact]
    public void Words_BehindAnOpenMark_AreNotHeld()
    {
        using var text = new SpokenText();
        text.Write("**"u8);
        Assert.Equal(0, text.Spoken.Length);
        text.Write("Important"u8);
        Assert.Equal("Important"u8, text.Spoken);
    }

    [Theory]
    [InlineData("*", 1_000_000)]
    [InlineData("[", 1_000_000)]
    [InlineData("a*", 500_000)]
    [InlineData("](", 500_000)]
    [InlineData("[a](", 250_000)]
    [InlineData("`", 1_000_000)]
    [InlineData("\\\\", 500_000)]
    [InlineData("|", 1_000_000)]
    [InlineData("| ", 500_000)]
    [InlineData(" !", 500_000)]
    [InlineData("\\n- ", 250_000)]
    [InlineData("<br", 300_000)]
    [InlineData("\\u005b", 160_000)]
    public void Hostile_Megabyte_IsHeldInBoundsAndReadInLinearTime(string part, int times)
    {
        var json = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, 100)));
        // Of one round it is given back, and only at the end: what it held too much would come from the pool in the next.
        SpokenText text = null!;
        var start = Stopwatch.GetTimestamp();

        Assert.Equal(0, Allocations.Least(WarmText, Read));
        // Some 20 ms; looking at everything again for each character would take minutes.
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        text.Clear();
        text.Finish();
        // In brackets, and behind them as a run of marks; an escape has six bytes.
        Assert.InRange(text.Spoken.Length, 0, 2 * 6 * SpokenText.MaxHeld);
        text.Dispose();

        SpokenText WarmText()
        {
            text = new SpokenText();
            for (var i = 0; i < 100; i++) text.Write(json);
            text.Clear();
            return text;
        }

        void Read(SpokenText hostile)
        {
            for (var i = 0; i < times / 100; i++)
            {
                hostile.Clear();
                hostile.Write(json);
            }
        }
    }

    private static IEnumerable<string> Pieces(string json, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var most = random.Next(1, 12);
        for (var start = 0; start < bytes.Length;)
        {
            var end = start;
            for (var i = random.Next(1, most + 1); i > 0 && end < bytes.Length; i--) end += JsonCharacter.First(bytes.AsSpan(end)).Raw.Length;
            yield return Encoding.UTF8.GetString(bytes[start..end]);
            start = end;
        }
    }
}
