namespace Gateway.Webhooks;

/// <summary>A property of a webhook's body that something is done with.</summary>
internal enum WebhookField : byte
{
    Other,
    Type,
    EventTimestamp,
    Data,
    AgentId,
    ConversationId,
    FullAudio,
    UserId,
    Metadata,
    PhoneCall,
    ExternalNumber,
    Transcript,
    TimeToFirstToken,
    TimeToFirstSentence,
    ElapsedTime,
    StartTime,
    Analysis,
    Summary,
    CollectedData,
    Value,
    ClientData,
    DynamicVariables,
    ExtraBody,
    EndUser,
    SecretEndUser,
}
