using System.Text;
using Gateway.Relay;

namespace Gateway.Tests.Relay;

public sealed class SseFrameTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("data: a", 0)]
    [InlineData("data: a\n", 0)]
    [InlineData("data: a\n\n", 9)]
    [InlineData("data: a\n\ndata: b\n\n", 9)]
    [InlineData("data: a\r\n\r\n", 11)]
    [InlineData("data: a\r\n\r", 0)]
    [InlineData("data: a\n\r\n", 10)]
    [InlineData(": c\ndata: a\n\n", 13)]
    [InlineData("\ndata: a\n\n", 1)]
    [InlineData("\r\ndata: a\n\n", 2)]
    public void Length_Bytes_IsThatOfTheFirstWholeFrame(string stream, int expected)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);

        Assert.Equal(expected, SseFrame.Length(bytes, searched: 0));
        // However much of it was searched when less had come.
        for (var seen = 0; seen < expected; seen++) Assert.Equal(expected, SseFrame.Length(bytes, SseFrame.Length(bytes.AsSpan(..seen), 0) == 0 ? seen : 0));
    }

    [Theory]
    [InlineData("data: a\n\n", "a")]
    [InlineData("data:a\n\n", "a")]
    [InlineData("data:  a\r\n\r\n", " a")]
    [InlineData(": comment\n\n", "")]
    [InlineData("event: x\nid: 1\ndata: a\nretry: 3\n\n", "a")]
    [InlineData("data\n\n", "")]
    [InlineData("data: a", "a")]
    public void Data_Frame_IsFound(string frame, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(frame);

        Assert.Equal(expected, Encoding.UTF8.GetString(bytes[SseFrame.Data(bytes)!.Value]));
    }

    [Fact]
    public void Data_OnSeveralLines_HasNoOnePlace() => Assert.Null(SseFrame.Data("data: a\ndata: b\n\n"u8));
}
