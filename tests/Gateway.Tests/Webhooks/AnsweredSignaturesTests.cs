using System.Globalization;
using Gateway.Webhooks;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Webhooks;

/// <summary>What a process remembers of requests that left nothing behind.</summary>
public sealed class AnsweredSignaturesTests
{
    private readonly FakeTimeProvider _time = new(WebhookHost.Now);

    [Fact]
    public void Signature_Answered_IsKnownUntilItCannotBeAcceptedAnyMore()
    {
        var answered = new AnsweredSignatures(_time);

        Assert.True(answered.TryAdd("first"));
        Assert.False(answered.TryAdd("first"));
        // Signed by a clock that is five minutes ahead, it is accepted for 35.
        _time.Advance(TimeSpan.FromMinutes(35) - TimeSpan.FromSeconds(1));
        Assert.True(answered.TryAdd("second"));
        Assert.True(answered.Contains("first"));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(answered.TryAdd("third"));
        Assert.Equal((false, true, true), (answered.Contains("first"), answered.Contains("second"), answered.Contains("third")));
    }

    [Fact]
    public void Signatures_MoreThanItHolds_AreTheNewest()
    {
        var answered = new AnsweredSignatures(_time);

        for (var number = 0; number <= AnsweredSignatures.Most; number++) Assert.True(answered.TryAdd(number.ToString(CultureInfo.InvariantCulture)));

        Assert.Equal((false, true, true), (answered.Contains("0"), answered.Contains("1"), answered.Contains(AnsweredSignatures.Most.ToString(CultureInfo.InvariantCulture))));
    }
}
