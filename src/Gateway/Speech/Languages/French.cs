namespace Gateway.Speech.Languages;

internal static class French
{
    public static readonly Phrases Phrases = new()
    {
        Language = "fr",
        BufferWords =
        [
            "Un instant, s'il vous plaît... ",
            "Alors, voyons voir... ",
            "D'accord, une petite seconde... ",
            "Laissez-moi réfléchir... ",
            "Très bien, un petit moment... ",
            "Accordez-moi un instant... ",
        ],
        FallbackAfterUser = "Excusez-moi, je n'ai pas bien compris. Pourriez-vous répéter, s'il vous plaît ?",
        FallbackAfterTool = "La vérification est encore en cours. Restez en ligne, s'il vous plaît.",
        ContentFiltered = "Je regrette, je ne peux pas vous aider sur ce point. Puis-je faire autre chose pour vous ?",
        Closing = "Excusez-moi, ma réponse a été coupée. Voulez-vous que je continue ?",
        EndCall = "Toutes mes excuses, j'ai un problème technique en ce moment. Merci de rappeler un peu plus tard. Au revoir.",
    };

    public static readonly LanguageMarks Marks = new(
        "fr",
        Letters: "àâæçèéêëîïôùûüÿœ",
        Words: """
            accord ai aider alors août après as au aujourd aussi autre aux avant avec avez avoir avons avril beaucoup bien bonjour
            bonne c ce cela ces cet cette chez ci cinq combien comme comment d dans de demain demie depuis dernier derniers dernière
            des deux dimanche dire dix dois donc douze du décembre elle elles en encore est et eu faire fait faut février heure
            heures hier hui huit ici il ils j janvier je jeudi jour juillet juin jusqu l la le les leur lui lundi ma mai mais mardi
            mars matin me merci mercredi mes midi mieux moi moins moment mon monsieur même n ne neuf non nos notre nous novembre
            octobre on ont onze ou oui où par parce pas pendant petit peu peut peux plaît plus pour pourriez pouvez pouvoir pouvons
            premier première prendre prochain prochaine qu quand quart quatre que quel quelle quelque quelques qui quoi rien s sa
            samedi sans se semaine sept septembre sera ses si six soir soit son sont souhaitez sous suis sur tous tout toute toutes
            trois très tu un une va vais vendredi vers veut veux voici voir vos votre voudriez voulez vous vrai y à ça était êtes
            être
            """);
}
