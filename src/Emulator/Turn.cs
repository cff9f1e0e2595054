namespace Emulator;

/// <summary>What is to be answered: an error, or a script for what was asked.</summary>
internal sealed record Turn(string Model, ChatRequest Request, EmulatorScript Script, AzureError? Error = null);
