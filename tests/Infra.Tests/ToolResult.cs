namespace Infra.Tests;

internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    public string All => Output + Error;
}
