namespace Gateway.EndUsers;

/// <summary>How sure it is that the person on the line is who they are said to be.</summary>
internal enum EndUserTrust
{
    /// <summary>Their call came from a number, which can be forged, and which others use as well.</summary>
    Phone,

    /// <summary>A backend that knows them has signed their id.</summary>
    Signed,
}
