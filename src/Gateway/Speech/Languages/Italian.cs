namespace Gateway.Speech.Languages;

internal static class Italian
{
    public static readonly Phrases Phrases = new()
    {
        Language = "it",
        BufferWords =
        [
            "Un momento, per favore... ",
            "Vediamo un po'... ",
            "Va bene, solo un secondo... ",
            "Mi lasci pensare... ",
            "Allora, un attimo... ",
            "Mi dia un attimo... ",
        ],
        FallbackAfterUser = "Mi scusi, non ho capito bene. Può ripetere, per favore?",
        FallbackAfterTool = "La verifica è ancora in corso. Resti in linea, per favore.",
        ContentFiltered = "Mi dispiace, su questo non posso aiutarla. C'è altro che posso fare per lei?",
        Closing = "Mi scusi, la risposta si è interrotta. Vuole che continui?",
        EndCall = "Mi dispiace, in questo momento ho un problema tecnico. La prego di richiamare un po' più tardi. Arrivederci.",
    };

    public static readonly LanguageMarks Marks = new(
        "it",
        Letters: "àèéìíòóù",
        Words: """
            a abbiamo ad adesso agosto ai aiutarla al alla alle allo allora altra altro anche ancora appuntamento aprile avere aveva
            bene buona buongiorno c certo che chi ci ciao cinque come con cosa così cui da dal dalla dalle degli dei del dell della
            delle deve di dicembre dieci dirmi dodici domani domenica dopo dove due e ecco era essere fa fare fatto favore febbraio
            fino gennaio giorno giovedì giugno già gli grazie ha hai hanno ho i ieri il in io l la le lei li lo loro luglio lui
            lunedì ma maggio martedì marzo mattina me meglio mentre mercoledì mezza mezzo mezzogiorno mi mia mio molto momento ne
            nei nel nell nella nelle niente no noi non nostra nostro nove novembre numero o oggi ogni ora ore otto ottobre per
            perché però più poco poi pomeriggio possiamo posso possono prego prima primo prossima prossimo può quale quali quando
            quanto quarto quattro quella quello questa queste questi questo qui sabato sarà se sei senza sera sette settembre
            settimana si sia siamo sono sta stato su sua subito sui sul sulla suo tra tre troppo tutti tutto ultima ultime ultimo un
            una undici uno va venerdì vi vorrei vuole è
            """);
}
