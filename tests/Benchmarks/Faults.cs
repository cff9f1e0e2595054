using System.Globalization;
using Load;
using Simulation;

namespace Benchmarks;

/// <summary>What callers hear of deployments that stall, refuse calls, and are down: in simulated time, and over sockets for comparison.</summary>
internal static class Faults
{
    /// <summary>The turns' own bars, in milliseconds: the first token of nearly all of them, the first words and the end of every one.</summary>
    private const double TokenBy = 2500, OutputBy = 3500, EndBy = 8000;

    private const int Seed = 1;

    public static async Task<int> RunAsync(RunSettings settings)
    {
        List<Bar> bars = [.. await LoadAsync(settings.Turns(20_000)), .. await OutagesAsync(settings.Turns(500)), .. await FaultsOverSockets.RunAsync(settings)];
        return settings.Verdict([.. bars]);
    }

    public static void PrintHead(string title)
    {
        Console.WriteLine($"\n{title}; ms from the turn's arrival to its first token");
        Console.WriteLine("| | p50 | p90 | p99 | p99 / p90 | later than 2.5 s | unanswered | first words at the latest | calls beyond one a turn |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    }

    public static void PrintRow(string name, LoadReport report) =>
        PrintRow(name, report.Waits, string.Create(CultureInfo.InvariantCulture, $"{report.LatestOutputMs:0} | {report.ExtraCalls:0.0} %"));

    private static void PrintRow(string name, Waits waits, string rest) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {waits.Percentile(50):0} | {waits.Percentile(90):0} | {OrNever(waits.Percentile(99), "0")} | {OrNever(waits.TailRatio, "0.00")} | {waits.LaterThan(TokenBy):0.000} % | {waits.Unanswered} | {rest} |"));

    private static string OrNever(double number, string format) => double.IsInfinity(number) ? "never" : number.ToString(format, CultureInfo.InvariantCulture);

    private static async Task<Bar[]> LoadAsync(int turns)
    {
        PrintHead($"Deployments of which 5 % of the calls stall and 5 % are refused, {turns} turns, simulated");
        var deployment = UnsteadyDeployment.Of(Seed, "a");
        PrintRow("one deployment, directly", new Waits(Enumerable.Range(0, turns).Select(_ => deployment.Next().WaitMs)), "– | –");
        var traffic = new SimulatedTraffic(Seed);
        PrintRow("gateway, one deployment", await (traffic with { Deployments = 1 }).ArriveAsync(turns));
        PrintRow("gateway, two, without hedges", await (traffic with { HedgePercent = 0 }).ArriveAsync(turns));
        var report = await traffic.ArriveAsync(turns);
        PrintRow("**gateway, two, 5 turns a second**", report);
        PrintRow("gateway, two, the second standing in for the first", await (traffic with { InOrder = true }).ArriveAsync(turns));
        PrintRow("the same, other seed", await new SimulatedTraffic(Seed + 1).ArriveAsync(turns));
        foreach (var perSecond in new[] { 0.05, 30 }) PrintRow(string.Create(CultureInfo.InvariantCulture, $"gateway, two, {perSecond} turns a second"), await traffic.ArriveAsync(turns, perSecond));
        var counting = traffic with { CountsInSeconds = true };
        foreach (var perSecond in new[] { 5, 30 }) PrintRow($"gateway, two, {perSecond} turns a second, limits in seconds", await counting.ArriveAsync(turns, perSecond));

        return
        [
            new("turns later than 2.5 s to the first token", report.Waits.LaterThan(TokenBy), 0.2, "%"),
            new("time to first token, p99 / p90", report.Waits.TailRatio, 2.4, "x"),
            new("extra upstream calls", report.ExtraCalls, 15, "% of the turns"),
            new("first words at the latest", report.LatestOutputMs, OutputBy, "ms"),
            new("turns that end badly", report.EndedBadly, 0, "turns"),
            new("turns with other times in a second run", report.DifferencesTo(await traffic.ArriveAsync(turns)), 0, "turns"),
        ];
    }

    private static async Task<Bar[]> OutagesAsync(int turns)
    {
        Console.WriteLine($"\nDeployments that are down, two, {turns} turns each, simulated; ms from the turn's arrival");
        Console.WriteLine("| | answered | first words at the latest | end at the latest | end without a sentence | calls for a turn |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
        var (both, oneOfTwo) = (new List<LoadReport>(), new List<LoadReport>());
        foreach (var (name, call) in Outages.All)
        {
            both.Add(await new SimulatedTraffic(Seed) { Answer = _ => call() }.ArriveAsync(turns));
            PrintOutage($"both: {name}", both[^1]);
        }

        foreach (var (name, call) in Outages.All)
        {
            oneOfTwo.Add(await new SimulatedTraffic(Seed) { Answer = host => host[0] == 'a' ? call() : null }.ArriveAsync(turns));
            PrintOutage($"one of them: {name}", oneOfTwo[^1]);
        }

        return
        [
            new("first words at the latest, all deployments down", both.Max(static report => report.LatestOutputMs), OutputBy, "ms"),
            new("end at the latest, all deployments down", both.Max(static report => report.LatestEndMs), EndBy, "ms"),
            new("turns that end without a sentence, all deployments down", both.Sum(static report => report.EndedBadly), 0, "turns"),
            new("first words at the latest, one deployment down", oneOfTwo.Max(static report => report.LatestOutputMs), OutputBy, "ms"),
            new("turns that end badly, one deployment down", oneOfTwo.Sum(static report => report.EndedBadly), 0, "turns"),
        ];
    }

    private static void PrintOutage(string name, LoadReport report) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {report.Waits.Count - report.Waits.Unanswered} | {report.LatestOutputMs:0} | {report.LatestEndMs:0} | {report.EndedBadly} | {1 + (report.ExtraCalls / 100):0.00} |"));
}
