namespace EndToEnd.Tests;

/// <summary>How long a test waits for what does not come. Long, because a slow machine is no failure.</summary>
internal static class TestTimeouts
{
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(60);
}
