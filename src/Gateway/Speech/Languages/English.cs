namespace Gateway.Speech.Languages;

internal static class English
{
    public static readonly Phrases Phrases = new()
    {
        Language = "en",
        BufferWords =
        [
            "Let me see... ",
            "One moment, please... ",
            "Okay, just a second... ",
            "Let me think about that... ",
            "Right, bear with me... ",
            "Hmm, give me a moment... ",
        ],
        FallbackAfterUser = "Sorry, I didn't quite get that. Could you say it again, please?",
        FallbackAfterTool = "I'm still checking that for you. Please stay on the line.",
        ContentFiltered = "I'm sorry, I can't help with that. Is there anything else I can do for you?",
        Closing = "Sorry, I was cut off there. Shall I go on?",
        EndCall = "I'm sorry, I'm having technical trouble right now. Please call again a little later. Goodbye.",
    };

    public static readonly LanguageMarks Marks = new(
        "en",
        Letters: "éï",
        Words: """
            a about after afternoon all also am an and another any anything april are as at august be because been before but by can
            could december did didn do does doesn don each eight eleven else evening february first five for four friday from get
            give go got great had half has have he hello help her here him his how if in into is isn it its january july june just
            know last let like ll look march me monday more morning much my need next nine no noon not november now october of okay
            on one only or other our out over past please quarter re right saturday say see send september seven she should six so
            some something sorry sunday sure take tell ten than thank thanks that the their them then there these they thing think
            this those three thursday time to today tomorrow tonight too tuesday twelve two until up us ve very want was we
            wednesday week well were what when where which who why will with without won would yes yesterday you your
            """);
}
