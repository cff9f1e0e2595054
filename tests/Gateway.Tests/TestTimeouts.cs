namespace Gateway.Tests;

internal static class TestTimeouts
{
    /// <summary>How long a test waits for what must happen: long, because a slow machine is no defect.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(60);
}
