namespace Gateway.Storage;

/// <summary>What became of the blobs that were to be deleted without a trace.</summary>
/// <param name="Deleted">How many there were, whatever there was of each.</param>
/// <param name="Kept">How many copies the account does not let go of.</param>
/// <param name="KeptUntil">When the last of them ends by itself; null where there is none.</param>
internal readonly record struct PurgedBlobs(int Deleted, int Kept, DateTimeOffset? KeptUntil)
{
    public static PurgedBlobs operator +(PurgedBlobs one, PurgedBlobs other) =>
        new(one.Deleted + other.Deleted, one.Kept + other.Kept, one.KeptUntil > other.KeptUntil || other.KeptUntil is null ? one.KeptUntil : other.KeptUntil);
}
