namespace Emulator;

internal enum DeltaKind
{
    Reasoning,
    Content,
    Refusal,
    ToolName,
    ToolArguments,
}
