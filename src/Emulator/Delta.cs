namespace Emulator;

/// <summary>One piece of an answer; <paramref name="Tool"/> is the index of the tool call it belongs to.</summary>
internal readonly record struct Delta(DeltaKind Kind, string Text, int Tool = 0);
