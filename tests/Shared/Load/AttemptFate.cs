namespace Load;

/// <summary>What becomes of one call to a deployment.</summary>
/// <param name="IsRefused">Whether it is answered with 429.</param>
/// <param name="Stall">Whether, and where, it says nothing for <see cref="UnsteadyDeployment.StallMs"/>.</param>
/// <param name="FirstTokenMs">How long it takes to the first word, the stall aside.</param>
internal readonly record struct AttemptFate(bool IsRefused, Stall Stall, int FirstTokenMs)
{
    /// <summary>The time to the first word for who calls the deployment directly; null where it refuses.</summary>
    public double? WaitMs => IsRefused ? null : FirstTokenMs + (Stall == Stall.None ? 0 : UnsteadyDeployment.StallMs);
}
