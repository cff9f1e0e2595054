namespace Gateway.Turns;

/// <summary>Whose words a turn's answer ended with.</summary>
internal enum SpokenAs
{
    /// <summary>The model's.</summary>
    Answer,

    /// <summary>The model's, and a closing phrase where they broke off.</summary>
    Closing,

    /// <summary>A spoken fallback: no attempt has answered.</summary>
    Fallback,

    /// <summary>None: a silence turn that nothing was said in.</summary>
    Silent,

    /// <summary>Those of the same turn under way, which this request has joined.</summary>
    Joined,
}
