namespace Gateway.Options;

/// <summary>
/// What is said in one language without a model. What is not set here is as shipped, for the languages that are: <c>en</c>, <c>es</c>, <c>de</c>,
/// <c>fr</c>, <c>it</c>, <c>pt</c>, <c>nl</c>, <c>pl</c>, <c>hi</c> and <c>ja</c>. For any other language all of it is required.
/// </summary>
public sealed class PhraseOptions
{
    /// <summary>The language's code, such as <c>de</c>; a region is ignored. Required, unique.</summary>
    public string Language { get; set; } = "";

    /// <summary>
    /// What fills the wait for an answer, in rotation. Each ends with <c>"... "</c>, three dots and a space: without the space ElevenLabs speaks them
    /// and the answer as one word. At most 300 characters each; two make the second wait differ from the first.
    /// </summary>
    public IList<string> BufferWords { get; } = [];

    /// <summary>Said in place of an answer to the user; asks to say it again. 8 letters to 300 characters.</summary>
    public string? FallbackAfterUser { get; set; }

    /// <summary>
    /// Said in place of an answer to a tool's result; says that it is being checked. It must not ask to repeat: what was booked would be booked twice.
    /// 8 letters to 300 characters.
    /// </summary>
    public string? FallbackAfterTool { get; set; }

    /// <summary>Said in place of an answer that the content filter refused. 8 letters to 300 characters.</summary>
    public string? ContentFiltered { get; set; }

    /// <summary>Said after an answer that broke off. 8 letters to 300 characters.</summary>
    public string? Closing { get; set; }

    /// <summary>The message of <c>end_call</c>, where a call is ended because nothing answers (<see cref="WayOutOptions.EndCall"/>). 8 letters to 300 characters.</summary>
    public string? EndCall { get; set; }
}
