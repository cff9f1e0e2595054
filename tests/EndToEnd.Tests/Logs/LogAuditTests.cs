namespace EndToEnd.Tests.Logs;

/// <summary>The check of the run's logs can fail.</summary>
public sealed class LogAuditTests
{
    private readonly LogAudit _audit = new();

    [Theory]
    [InlineData("info: Turn Completed, key s3cr3t-of-a-caller")]
    [InlineData("fail: S3CR3T-OF-A-CALLER in other letters")]
    [InlineData("fail: the header was Authorization: Bearer c2VjcmV0IG9mIG5vYm9keQ")]
    [InlineData("Key: s3cr3t-of-a-caller")]
    public void Violations_LineWithSecret_NameItWithoutIt(string line)
    {
        _audit.Forbid("a caller's key", "s3cr3t-of-a-caller");

        _audit.Add("info: all is well");
        _audit.Add(line);

        var violation = Assert.Single(_audit.Violations());
        Assert.Contains("<here>", violation, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t-of-a-caller", violation, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("c2VjcmV0", violation, StringComparison.Ordinal);
    }

    [Fact]
    public void Violations_StartMessageWithItsNewKey_None()
    {
        _audit.Forbid("the printed key", "0123456789abcdef0123456789abcdef");

        _audit.Add("Key: 0123456789abcdef0123456789abcdef");
        _audit.Add("""  curl -N http://127.0.0.1:5080/v1/chat/completions -H 'Authorization: Bearer 0123456789abcdef0123456789abcdef' -H 'Content-Type: application/json' \""");

        Assert.Empty(_audit.Violations());
    }
}
