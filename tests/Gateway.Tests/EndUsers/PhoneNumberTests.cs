using Gateway.EndUsers;

namespace Gateway.Tests.EndUsers;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("+4915112345678", true)]
    [InlineData("+12025550123", true)]
    [InlineData("+29012345", true)]
    [InlineData("+123456789012345", true)]
    [InlineData("+1234567890123456", false)]
    [InlineData("+1234567", false)]
    [InlineData("+0491511234567", false)]
    [InlineData("004915112345678", false)]
    [InlineData("15112345678", false)]
    [InlineData("+49 151 1234567", false)]
    [InlineData("+49151١٢٣٤٥", false)]
    [InlineData("anonymous", false)]
    [InlineData("Restricted", false)]
    [InlineData("+266696687", true)]
    [InlineData("266696687", false)]
    [InlineData("110", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Number_OfOnePhone_IsInE164(string? number, bool expected) => Assert.Equal(expected, PhoneNumber.IsE164(number));
}
