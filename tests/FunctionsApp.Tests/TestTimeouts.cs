namespace FunctionsApp.Tests;

/// <summary>How long a test waits for what does not come. Long, because a slow machine is no failure, and three MSBuilds at once are slow on any.</summary>
internal static class TestTimeouts
{
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(120);
}
