using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Turns;

/// <summary>
/// What happened in a turn, for callers who want to see it with the answer: as far as it is known in headers when the response starts, and all of
/// it in a comment before <c>[DONE]</c>.
/// </summary>
internal static class TurnDetails
{
    public const string Prefix = "x-turn-";

    public static void WriteHeaders(IHeaderDictionary headers, Turn turn)
    {
        if (turn.Caller is not { TurnDetails: true }) return;
        foreach (var (name, value) in Of(turn)) headers[Prefix + name] = value;
    }

    /// <summary>Ends a stream with the comment, where the caller wants it, and <c>[DONE]</c>.</summary>
    public static void WriteEnd(Turn turn, IBufferWriter<byte> output)
    {
        if (turn.Caller is { TurnDetails: true })
            output.Write(Encoding.UTF8.GetBytes($": {string.Join("; ", Of(turn).Select(detail => $"{detail.Name}={detail.Value}"))}\n\n"));
        output.Write("data: [DONE]\n\n"u8);
    }

    private static IEnumerable<(string Name, string Value)> Of(Turn turn)
    {
        if (turn.Deployment is { } deployment) yield return ("deployment", deployment.Name);
        yield return ("attempts", Number(turn.Attempts));
        yield return ("hedge", turn.Hedge.ToString().ToLowerInvariant());
        yield return ("buffer-words", Number(turn.BufferWords));
        if (turn.TimeToFirstToken is { } time) yield return ("first-token-ms", Number((long)time.TotalMilliseconds));
        if (turn.Spoken != SpokenAs.Answer) yield return ("spoken", turn.Spoken.ToString().ToLowerInvariant());
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
