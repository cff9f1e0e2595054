namespace Gateway.CallStart;

/// <summary>One of an agent's dynamic variables.</summary>
public sealed class DynamicVariableOptions
{
    /// <summary>Its name, of letters, digits and <c>_</c>. Required, unique. Not one of ElevenLabs' own, which begin with <c>system__</c>; those that begin with <c>secret__</c> are for headers alone.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its value, a template. Default: empty.</summary>
    public string Value { get; set; } = "";
}
