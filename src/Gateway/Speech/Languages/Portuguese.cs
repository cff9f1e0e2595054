namespace Gateway.Speech.Languages;

internal static class Portuguese
{
    public static readonly Phrases Phrases = new()
    {
        Language = "pt",
        BufferWords =
        [
            "Um momento, por favor... ",
            "Deixe-me ver... ",
            "Certo, só um segundo... ",
            "Bom, vamos ver... ",
            "Só um instante... ",
            "Deixe-me pensar um pouco... ",
        ],
        FallbackAfterUser = "Desculpe, não entendi bem. Poderia repetir, por favor?",
        FallbackAfterTool = "A verificação ainda não terminou. Aguarde só mais um momento na linha, por favor.",
        ContentFiltered = "Sinto muito, não posso ajudar com isso. Posso ajudar em mais alguma coisa?",
        Closing = "Desculpe, a minha resposta foi interrompida. Quer que eu continue?",
        EndCall = "Peço desculpa, estou com um problema técnico neste momento. Por favor, ligue de novo um pouco mais tarde. Até logo.",
    };

    public static readonly LanguageMarks Marks = new(
        "pt",
        Letters: "àáâãçéêíóôõúü",
        Words: """
            a abril agora agosto ainda ajudar algo algum alguma além antes ao aos aqui as assim até bem boa bom cada certo cinco
            claro com como da das de dela dele depois desculpe desde dez dezembro dia dias disso do dois domingo dos doze duas e ela
            elas ele eles em enquanto entre então era essa esse esta estamos estar este estou está estão eu favor faz fazer feira
            fevereiro foi fora gostaria havia hoje hora horas isso isto janeiro julho junho já lhe lá maio mais manhã março mas me
            meia meio mesmo meu minha momento muito na nada nas nem nenhum nessa nesse neste no noite nos nossa nosso nove novembro
            num numa não nós o obrigada obrigado oito olá onde ontem onze os ou outra outro outubro para pela pelo pelos pode
            podemos poderia pois por porque posso pouco pra precisa preciso primeira primeiro próxima próximo quais qual quando
            quanto quarta quarto quatro que quem quer quinta sabe se segunda seis seja sem semana sempre ser seria será sete
            setembro seu seus sexta sobre somos sou sua suas sábado são só também tarde tem temos tempo tenho ter terça teve tinha
            toda todo todos três tudo um uma vai vamos você vocês vou à às é última último últimos
            """);
}
