namespace Gateway.Speech.Languages;

internal static class Spanish
{
    public static readonly Phrases Phrases = new()
    {
        Language = "es",
        BufferWords =
        [
            "Un momento, por favor... ",
            "Déjeme ver... ",
            "Muy bien, deme un segundo... ",
            "Bueno, vamos a ver... ",
            "Permítame un momentito... ",
            "Déjeme pensarlo... ",
        ],
        FallbackAfterUser = "Disculpe, no le escuché bien. ¿Podría repetirlo, por favor?",
        FallbackAfterTool = "Lo sigo revisando. No cuelgue, por favor.",
        ContentFiltered = "Lo siento, con eso no puedo ayudarle. ¿Hay algo más que pueda hacer por usted?",
        Closing = "Disculpe, se cortó lo que decía. ¿Quiere que siga?",
        EndCall = "Lo siento, en este momento tengo problemas técnicos. Por favor, vuelva a llamar un poco más tarde. Hasta luego.",
    };

    public static readonly LanguageMarks Marks = new(
        "es",
        Letters: "áéíñóúü",
        Words: """
            a abril acuerdo agosto ahora al algo alguna algún antes aquí así aunque ayer ayudar ayudarle bien buenas buenos cada
            cinco claro como con contra cuando cuarto cuatro cuál cuándo cómo de del desde diciembre diez doce domingo donde dos día
            días dónde e el ella ellos en enero entonces era eran es esa ese eso esta estaba estamos estar estas este esto estos
            estoy está están favor febrero fue gracias ha hace hacer han hasta hay he hola hora hoy jueves julio junio la las le les
            lo los luego lunes martes marzo mayo mañana me media mediodía mejor mi mis mismo miércoles momento muy más nada ni no
            noche nos nosotros noviembre nuestra nuestro nueve o ocho octubre once otra otro para pero poco podemos por porque
            primera primero próxima próximo puede pueden puedo que quiere quisiera quién qué se sea seis semana septiembre ser si
            sido siempre siete sin sobre solo son su sus sábado sí también tan tanto tarde te tenemos tengo tiene tienen toda todo
            todos tres un una uno usted ustedes va vamos viernes voy y ya yo último
            """);
}
