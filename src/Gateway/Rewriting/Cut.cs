namespace Gateway.Rewriting;

/// <summary>Bytes of a request that do not go on.</summary>
/// <param name="Start">The first of them.</param>
/// <param name="End">The byte after them.</param>
/// <param name="LeavesNull">Whether <c>null</c> stands in their place, and not nothing.</param>
internal readonly record struct Cut(int Start, int End, bool LeavesNull = false);
