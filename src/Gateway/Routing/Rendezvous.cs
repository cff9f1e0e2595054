namespace Gateway.Routing;

/// <summary>
/// Which deployment a conversation meets: every instance computes the same one, from names alone, and a deployment that goes away moves its
/// own conversations only.
/// </summary>
internal static class Rendezvous
{
    /// <summary>A hash that is the same in each process, which that of <see cref="string"/> is not (FNV-1a, 64 bits).</summary>
    public static ulong Hash(ReadOnlySpan<char> text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }

    /// <summary>
    /// The distance of a conversation to a deployment; it meets the nearest. Distances are distributed exponentially, so that of the nearest
    /// ones each deployment has the share of its weight (a distance divided by the weight would not give that).
    /// </summary>
    public static double Distance(ulong conversation, ulong deployment, int weight)
    {
        // Above 0 and below 1, from the 53 bits that a double holds.
        var uniform = ((Mix(Mix(conversation) ^ deployment) >> 11) + 0.5) * (1.0 / (1UL << 53));
        return -Math.Log(uniform) / weight;
    }

    // The finalizer of SplitMix64: one bit of the input turns each bit of the output with even chance.
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15UL;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
