namespace Gateway.Speech.Languages;

internal static class Polish
{
    // Without a form that tells the speaker's or the listener's gender: no "zrozumiałem", no "Pan" or "Pani".
    public static readonly Phrases Phrases = new()
    {
        Language = "pl",
        BufferWords =
        [
            "Chwileczkę, proszę... ",
            "Niech się zastanowię... ",
            "Dobrze, jeszcze momencik... ",
            "Zaraz zobaczymy... ",
            "Proszę o chwilę cierpliwości... ",
            "Już, chwileczkę... ",
        ],
        FallbackAfterUser = "Przepraszam, nie wszystko było dobrze słychać. Czy mogę prosić o powtórzenie?",
        FallbackAfterTool = "Jeszcze to sprawdzam. Proszę się nie rozłączać.",
        ContentFiltered = "Przykro mi, w tej sprawie nie mogę pomóc. Czy mogę pomóc w czymś innym?",
        Closing = "Przepraszam, coś mi przerwało. Czy mam mówić dalej?",
        EndCall = "Przepraszam, mam w tej chwili problemy techniczne. Proszę zadzwonić trochę później. Do usłyszenia.",
    };

    public static readonly LanguageMarks Marks = new(
        "pl",
        Letters: "ąćęłńóśźż",
        Words: """
            a aby albo ale ani aż bardziej bardzo bez bo by bym był była było były bądź będzie będę cały chce chciałaby chciałby
            chciałbym chwilę chyba ci co coś czas czerwca cztery czwartek czy czym dalej dla dlaczego dlatego do dobry dobrze
            dopiero dość dwa dwanaście dwie dziesięć dziewięć dzień dzisiaj dziękuję dziś gdy gdyby gdzie go godzina godzinie
            godzinę grudnia i ich ile im inne innego inny ja jak jaka jaki jakie jako je jeden jedenaście jednak jego jej jest
            jestem jesteśmy jeszcze jeśli jeżeli jutro już każdego każdy kiedy kilka kilku kto która które którego który których
            którzy kwietnia lepiej lipca listopada lub lutego ma maja mają mam mamy marca mi między mnie mniej mogę moja moje może
            możemy możliwe można musi muszę my mój na nad nadal nam nami nas nasi następny nasz nasze naszego naszej naszym nic nich
            nie niedziela niedzielę niego niej niestety nigdy nikt nim no numer o oba obecnie obie od około on ona one oraz osiem
            ostatni ostatnie pan pana pani panu państwa państwo października pierwszego pierwszy piątek pięć po pod pomóc
            poniedziałek ponieważ ponownie potem powiedzieć południem południu prawie proszę przed przez przy pół rano razem siedem
            sierpnia się sobie sobota sobotę stycznia swoją swój sześć są ta tak także tam te tego tej ten teraz to trochę trzeba
            trzy tu tutaj tych tydzień tygodniu tylko tym u udało w wczoraj we wieczorem wiem więc więcej września wszystkie
            wszystkim wszystko wtedy wtorek właśnie z za zanim zaraz zawsze ze znowu zostać zrobić środa środy środę żaden żadnych
            że żeby
            """);
}
