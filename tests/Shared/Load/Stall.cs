namespace Load;

internal enum Stall
{
    None,

    /// <summary>Nothing comes at all, no status and no headers.</summary>
    BeforeHeaders,

    /// <summary>Headers and role come, and then nothing.</summary>
    BehindRole,
}
