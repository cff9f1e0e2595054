using Gateway.Routing;

namespace Gateway.Tests.Routing;

public sealed class LimitResetTests
{
    [Theory]
    [InlineData("59", 59_000)]
    [InlineData("0", 0)]
    [InlineData("0.5", 500)]
    [InlineData("12ms", 12)]
    [InlineData("1s", 1000)]
    [InlineData("6m0s", 360_000)]
    [InlineData("1h2m3.5s", 3_723_500)]
    [InlineData("99999999999999999999999999999999", 86_400_000)]
    public void Reset_OfAKnownForm_IsATime(string text, double milliseconds) => Assert.Equal(milliseconds, LimitReset.Parse(text)!.Value.TotalMilliseconds, 0.001);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("1x")]
    [InlineData("s")]
    [InlineData("1m2")]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT")]
    [InlineData("999999999999999999999999999999999")]
    public void Reset_OfAnotherForm_IsNone(string? text) => Assert.Null(LimitReset.Parse(text));
}
