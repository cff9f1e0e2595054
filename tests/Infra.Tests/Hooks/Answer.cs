namespace Infra.Tests.Hooks;

/// <summary>What the stand-in of a command answers to arguments that match a shell pattern.</summary>
/// <param name="Pattern">Shell pattern over all arguments, joined by spaces.</param>
/// <param name="Output">What is printed; for a failure, on standard error.</param>
/// <param name="ExitCode">How it ends.</param>
/// <param name="Times">How often it answers so; after that, later answers are looked at. 0: always.</param>
internal sealed record Answer(string Pattern, string Output = "", int ExitCode = 0, int Times = 0);
