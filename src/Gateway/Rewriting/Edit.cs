namespace Gateway.Rewriting;

/// <summary>Bytes of a request that do not go on, and what stands in their place.</summary>
/// <param name="Start">The first of them.</param>
/// <param name="End">The byte after them; <paramref name="Start"/> where something is put in and nothing taken out.</param>
/// <param name="Instead">What goes on in their place.</param>
internal readonly record struct Edit(int Start, int End, ReadOnlyMemory<byte> Instead = default);
