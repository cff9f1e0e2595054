using Gateway.Errors;

namespace Gateway.Privacy;

/// <summary>What became of a request about an end user, for its line in the log.</summary>
internal sealed class PrivacyEnd
{
    public PrivacyOutcome Outcome { get; set; } = PrivacyOutcome.Rejected;

    /// <summary>What it is answered with; null where that has been written.</summary>
    public Failure? Failure { get; set; }

    public int Conversations { get; set; }

    public int Blobs { get; set; }
}
