namespace Gateway.Options;

/// <summary>
/// What a voice caller's agent does from the second turn in a row in which no model could answer. Either tool is called only where the request offers it;
/// without one the fallback sentence is said again.
/// </summary>
public sealed class WayOutOptions
{
    /// <summary>
    /// The arguments of <c>transfer_to_number</c>, a JSON object such as
    /// <c>{"transfer_number":"+15550100","client_message":"I am putting you through.","agent_message":"The assistant is out of order."}</c>; they are passed on byte for byte.
    /// Default: none, which means no transfer.
    /// </summary>
    public string? TransferArguments { get; set; }

    /// <summary>Whether <c>end_call</c> is called where there is no transfer, with <see cref="PhraseOptions.EndCall"/> as its message. Default: yes.</summary>
    public bool EndCall { get; set; } = true;
}
