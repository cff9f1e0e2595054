namespace Gateway.Speech.Languages;

internal static class Japanese
{
    public static readonly Phrases Phrases = new()
    {
        Language = "ja",
        BufferWords =
        [
            "少々お待ちください... ",
            "そうですね... ",
            "はい、少しだけお時間をください... ",
            "ええと、少し考えさせてください... ",
            "恐れ入ります、少々お待ちくださいませ... ",
            "では、もう少々お待ちください... ",
        ],
        FallbackAfterUser = "申し訳ございません、うまく聞き取れませんでした。もう一度おっしゃっていただけますか。",
        FallbackAfterTool = "ただいま確認を続けております。お電話はそのままでお待ちください。",
        ContentFiltered = "申し訳ございませんが、その件についてはお答えできません。ほかにお手伝いできることはございますか。",
        Closing = "失礼いたしました、話が途切れてしまいました。続けてもよろしいでしょうか。",
        EndCall = "申し訳ございません、ただいま技術的な問題が起きております。恐れ入りますが、しばらくしてからおかけ直しください。失礼いたします。",
    };
}
