namespace Gateway.Speech.Languages;

internal static class Dutch
{
    public static readonly Phrases Phrases = new()
    {
        Language = "nl",
        BufferWords =
        [
            "Een ogenblikje, alstublieft... ",
            "Even kijken hoor... ",
            "Goed, een momentje... ",
            "Daar denk ik even over na... ",
            "Een klein momentje graag... ",
            "Eens even zien... ",
        ],
        FallbackAfterUser = "Sorry, dat heb ik niet helemaal verstaan. Kunt u het nog een keer zeggen?",
        FallbackAfterTool = "Ik ben het nog aan het nakijken. Blijft u nog even aan de lijn.",
        ContentFiltered = "Sorry, daar kan ik u niet mee helpen. Kan ik nog iets anders voor u doen?",
        Closing = "Sorry, mijn antwoord werd onderbroken. Zal ik verdergaan?",
        EndCall = "Het spijt me, ik heb op dit moment een technische storing. Belt u alstublieft later nog eens terug. Tot ziens.",
    };

    public static readonly LanguageMarks Marks = new(
        "nl",
        Letters: "áèéëïóöü",
        Words: """
            aan acht al alle alleen als altijd ander andere anders april augustus avond bedankt ben bent bij bijvoorbeeld daar dag
            dan dank dat de december deze die dinsdag dit doe doen donderdag door drie dus een eens eerst eerste elf elke en er even
            februari ga gaan gaat geen gisteren goed goede goedemiddag goedemorgen graag had half hallo heb hebben hebt heeft helpen
            hem het hier hij hoe hun iets ik in is ja jaar januari je jij jou juli jullie juni kan kom komen komt krijgt kunnen kunt
            kwart laat laatste maandag maar maart mag maken me meer mei meneer met mevrouw middag mij mijn moet moeten morgen na
            naar nee negen niet niets nog november nu ochtend of oktober om omdat ons onze ook op over prima samen september te
            terug tien tijd toch toen tot tussen twaalf twee u uit uur uw van vanaf vandaag veel verder vier vijf volgende voor
            vraag vrijdag waar waarom wanneer want was wat we week weer weet wel welke werd wie wij wil wilt woensdag worden wordt
            zal zaterdag ze zeggen zei zeker zes zeven zich zien zijn zo zondag zonder zou zullen zult
            """);
}
