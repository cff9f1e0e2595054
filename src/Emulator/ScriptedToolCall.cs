using System.Text.Json.Serialization;

namespace Emulator;

/// <summary>A tool call of a scripted answer.</summary>
public sealed record ScriptedToolCall
{
    /// <summary>Name of the function.</summary>
    public required string Name { get; set; }

    /// <summary>Its arguments as JSON text; in a script also the JSON itself. Default: <c>{}</c>. Not checked: half a value is half a value.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public string Arguments { get; set; } = "{}";

    /// <summary>Its id. Default: one that no other call of this emulator has.</summary>
    public string? Id { get; set; }

    /// <summary>How many deltas carry the arguments. Default: 3.</summary>
    public int Pieces { get; set; } = 3;
}
