namespace Gateway.Speech.Languages;

internal static class German
{
    public static readonly Phrases Phrases = new()
    {
        Language = "de",
        BufferWords =
        [
            "Einen Moment, bitte... ",
            "Lassen Sie mich kurz überlegen... ",
            "Gut, einen kleinen Augenblick... ",
            "Ich überlege kurz... ",
            "Also, mal sehen... ",
            "Einen kurzen Augenblick noch... ",
        ],
        FallbackAfterUser = "Entschuldigung, das habe ich nicht ganz verstanden. Könnten Sie das bitte noch einmal sagen?",
        FallbackAfterTool = "Ich prüfe das gerade noch. Bleiben Sie bitte kurz dran.",
        ContentFiltered = "Dabei kann ich Ihnen leider nicht helfen. Kann ich sonst noch etwas für Sie tun?",
        Closing = "Entschuldigung, ich bin gerade unterbrochen worden. Soll ich weitermachen?",
        EndCall = "Es tut mir leid, ich habe gerade technische Schwierigkeiten. Bitte rufen Sie etwas später noch einmal an. Auf Wiederhören.",
    };

    public static readonly LanguageMarks Marks = new(
        "de",
        Letters: "äöüß",
        Words: """
            abend aber acht alle alles als also am an anderen april auch auf august aus bei bin bis bitte da damit danke dann das
            dass dem den denn der des dezember die dienstag diese diesen dieser dieses dir doch donnerstag drei du durch ein eine
            einem einen einer eines elf er erste ersten es etwas euch februar freitag fünf für ganz gegen gerade gern gerne gestern
            gibt gut guten habe haben halb hat hatte heute hier ich ihm ihn ihnen ihr ihre ihren ihrer im in ist ja januar jetzt
            juli juni kann kein keine können könnte könnten leider letzte letzten machen mai mal man mehr mein meine mich mir mit
            mittag mittwoch montag morgen muss märz möchte möchten müssen nach nachmittag neun nicht nichts noch november nur
            nächste nächsten ob oder ohne oktober samstag schon sechs sehr sein seine september sich sie sieben sind so soll sollen
            sonntag sonst tag uhr um und uns unser unsere unter viel vielen vier viertel vom von vor vormittag wann war waren was
            weil welche welchen wenn wer werde werden wie wieder wir wird wo woche wollen wurde würde würden zehn zu zum zur zwei
            zwischen zwölf über
            """);
}
