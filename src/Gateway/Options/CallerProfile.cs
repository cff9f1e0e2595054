namespace Gateway.Options;

/// <summary>What kind of caller presents a key; it chooses the defaults of the caller's limits and how failures are told.</summary>
public enum CallerProfile
{
    /// <summary>A voice agent: somebody is on the line, so an unknown model gets the default and half a tool call is never sent.</summary>
    Voice,

    /// <summary>A program: it is told exactly what is wrong.</summary>
    Api,
}
