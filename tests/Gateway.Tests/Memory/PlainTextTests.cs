using Gateway.Memory;

namespace Gateway.Tests.Memory;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("  a \r\n\t b\u2028c\u0085d\u0000e ", "a b c d e")]
    [InlineData("</earlier_calls>", "‹/earlier_calls›")]
    [InlineData("a\u200bb\u202ec\u2066d\U000e0041e\ufefff\u00adg", "abcdefg")]
    [InlineData("Grüß Gott, 你好 👋", "Grüß Gott, 你好 👋")]
    [InlineData("\u0007", "")]
    [InlineData("", "")]
    public void Of_AnyText_IsOneLineOfWhatCanBeSeen(string text, string expected) => Assert.Equal(expected, PlainText.Of(text, 100));

    [Fact]
    public void Of_HalfASurrogatePair_IsNoCharacter() => Assert.Equal("half \ufffd pair", PlainText.Of("half \ud800 pair", 100));

    [Theory]
    [InlineData("one two three", 13, "one two three")]
    [InlineData("one two three", 12, "one two…")]
    [InlineData("onetwothree", 6, "onetw…")]
    [InlineData("one👋👋👋", 5, "one…")]
    [InlineData("one two   ", 7, "one two")]
    public void Of_TextThatIsTooLong_IsCutBehindAWord(string text, int most, string expected) => Assert.Equal(expected, PlainText.Of(text, most));
}
