namespace Gateway.Webhooks;

/// <summary>How a webhook ended.</summary>
internal enum WebhookOutcome
{
    /// <summary>It was refused: its form, its size, its signature.</summary>
    Rejected,

    /// <summary>It is stored durably.</summary>
    Stored,

    /// <summary>It is right, and nothing of its kind is kept.</summary>
    NotKept,

    /// <summary>It was stored before.</summary>
    Duplicate,

    /// <summary>The very same request was answered before.</summary>
    Replayed,

    /// <summary>It is right, and of a call whose end user was deleted: nothing is stored.</summary>
    Forgotten,

    /// <summary>It is right, and could not be stored, or judged.</summary>
    Unavailable,

    /// <summary>Its sender hung up.</summary>
    Interrupted,
}
