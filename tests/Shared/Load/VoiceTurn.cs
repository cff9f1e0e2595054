namespace Load;

/// <summary>The request of a voice agent's turn, with enough of an assistant's words to know its language by.</summary>
internal static class VoiceTurn
{
    /// <param name="number">Distinguishes it from other turns of its conversation: the same request is the same turn, sent twice.</param>
    public static string Json(int number) => $$"""
        {"stream":true,"messages":[
        {"role":"system","content":"You are the telephone agent of a clinic."},
        {"role":"assistant","content":"Good morning, this is the clinic. How can I help you with your appointment?"},
        {"role":"user","content":"Is there anything free on Thursday afternoon, please? I have asked {{number}} times."}]}
        """;
}
