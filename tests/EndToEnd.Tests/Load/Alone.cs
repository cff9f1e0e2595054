namespace EndToEnd.Tests.Load;

/// <summary>Tests that need the machine for themselves: they run when no other test does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
