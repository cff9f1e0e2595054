namespace Gateway.EndUsers;

/// <summary>What a token says.</summary>
/// <param name="User">Whose it is; null where it counts for nothing.</param>
/// <param name="Problem">Why it counts for nothing, as a stable code.</param>
internal readonly record struct EndUserReading(EndUser? User, string? Problem)
{
    public EndUserReading(EndUser user)
        : this(user, Problem: null)
    {
    }

    public EndUserReading(string problem)
        : this(User: null, problem)
    {
    }
}
