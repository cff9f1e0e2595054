using System.Text.RegularExpressions;

namespace Gateway.Tools;

/// <summary>One value that the model gives to a tool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What the model is to put there.</param>
public sealed record ToolParameter(string Name, string Description)
{
    /// <summary>Its kind. Default: <see cref="ToolParameterType.Text"/>.</summary>
    public ToolParameterType Type { get; init; }

    /// <summary>Whether a call without it is refused. Default: yes.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>The most characters of a text. Default: 1,000.</summary>
    public int MaxLength { get; init; } = 1000;

    /// <summary>What a text has to match; null for any. ElevenLabs does not know of it, so the description has to say the same.</summary>
    public Regex? Pattern { get; init; }
}
