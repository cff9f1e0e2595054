namespace EndToEnd.Tests.Logs;

/// <summary>Words that are in every prompt and in every scripted answer, and that no log may hold.</summary>
internal static class Marker
{
    /// <summary>Said by nobody else.</summary>
    public const string Text = "zebra-7319";

    /// <summary>How a prompt begins that scripts the emulator's answer.</summary>
    public const string Script = "#emulate";
}
