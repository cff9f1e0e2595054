using System.Globalization;
using Gateway.Backfill;
using Microsoft.Extensions.Options;

namespace Server;

/// <summary>The command <c>backfill</c>: fetches from ElevenLabs what the post-call webhook did not bring.</summary>
internal static class BackfillCommand
{
    private const string Usage = """
        Usage: backfill --since <time> [--until <time>] [--agent <id>]
          <time> is a date, 2026-11-01, or a time with its offset, 2026-11-01T08:00:00Z. A date is the midnight with which it begins, in UTC.
        """;

    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK"];

    /// <summary>Runs it. 0: all that was to be had is there; 1: not all of it, run it again; 2: arguments or settings are wrong, and nothing was done.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (range, problem) = Parse(args);
        if (range is null)
        {
            await Console.Error.WriteLineAsync(problem);
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        try
        {
            await using var server = await ServerApplication.BuildAsync([]);
            await server.App.Services.GetRequiredService<KeptFolder>().StartAsync(stop.Token);
            // Before it begins: who has forgotten a setting finds out what it fills before it has.
            if (server.Kept is { } kept) Console.WriteLine($"What is fetched goes to {kept}.");
            var report = await server.App.Services.GetRequiredService<CallBackfill>().RunAsync(range, stop.Token);
            Console.WriteLine(report);
            return report.IsWhole ? 0 : 1;
        }
        catch (OptionsValidationException e)
        {
            foreach (var failure in e.Failures) await Console.Error.WriteLineAsync(failure);
            return 2;
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }

    private static (BackfillRange? Range, string? Problem) Parse(string[] args)
    {
        Dictionary<string, string> given = [];
        for (var i = 0; i < args.Length; i += 2)
        {
            var name = args[i];
            if (name is not ("--since" or "--until" or "--agent")) return (null, $"Unknown option '{name}'.");
            // The next option would do for an agent's id.
            if (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)) return (null, $"The option '{name}' has no value.");
            if (!given.TryAdd(name, args[i + 1])) return (null, $"The option '{name}' is there twice.");
        }

        if (!given.TryGetValue("--since", out var text)) return (null, "The option '--since' is required.");
        if (Time(text) is not { } since) return (null, $"The option '--since' wants a time, and '{text}' is none.");
        if (since > TimeProvider.System.GetUtcNow()) return (null, "The option '--since' is in the future.");
        DateTimeOffset? until = null;
        if (given.TryGetValue("--until", out text) && (until = Time(text)) is null) return (null, $"The option '--until' wants a time, and '{text}' is none.");
        if (until <= since) return (null, "The option '--until' must be later than '--since'.");
        var agent = given.GetValueOrDefault("--agent");
        return agent is null || (agent.Length > 0 && agent.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            ? (new BackfillRange(since, until, agent), null)
            : (null, "The option '--agent' wants an agent's id, of letters, digits, '_' and '-'.");
    }

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
