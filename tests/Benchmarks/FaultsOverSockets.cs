using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Benchmarks.Hosts;
using Emulator;
using Gateway;
using Load;
using Server;
using Simulation;

namespace Benchmarks;

/// <summary>
/// A smaller load in real time and over sockets: callers side by side, the server, and an emulator for each deployment. It agrees with the simulation
/// when it could be one of many simulated runs of its size, machines being a little late.
/// </summary>
internal static class FaultsOverSockets
{
    private const int Callers = 20;

    // A sample that is one more of these lies outside their range in one of 100 cases, for each number that is compared.
    private const int SimulatedRuns = 200;

    // The emulator's timers fire 1 to 6 ms late, and 20 streams at a time on two cores wait for each other for some 5 ms (docs/performance.md); other work
    // on a shared machine doubles that.
    private const double LatenessMs = 25;

    private static readonly (string Name, double Rank)[] Ranks = [("least", 0), ("median", 0.5), ("most", 1)];

    // The emulator says with a 429 that nothing remains for a second, and then that is the cooldown.
    private static readonly Dictionary<string, string> LimitsThatLast = new() { ["x-ratelimit-remaining-requests"] = "1", ["x-ratelimit-remaining-tokens"] = "1" };

    // While a process is younger, buffer words come earlier.
    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(5);

    public static async Task<Bar[]> RunAsync(RunSettings settings)
    {
        var turns = settings.Turns(20);
        var simulated = new List<LoadReport>();
        for (var seed = 0; seed < settings.Turns(SimulatedRuns); seed++) simulated.Add(await new SimulatedTraffic(seed).TakeTurnsAsync(Callers, turns));

        // What is compiled at the first turns is another server's.
        await RunAsync(turns: 2, seed: 1, TimeSpan.Zero);
        var real = await RunAsync(turns, seed: 2, Youth);

        Faults.PrintHead($"The same with {Callers} callers who take {turns} turns each, without a pause");
        Faults.PrintRow("over sockets, in real time", real);
        foreach (var (name, rank) in Ranks) PrintSimulated($"simulated, {name} of each number in {simulated.Count} runs", simulated, rank);
        return
        [
            Outside("p50", real, simulated, static report => report.Waits.Percentile(50), LatenessMs, "ms"),
            Outside("p90", real, simulated, static report => report.Waits.Percentile(90), LatenessMs, "ms"),
            Outside("p99", real, simulated, static report => report.Waits.Percentile(99), LatenessMs, "ms"),
            Outside("later than 2.5 s", real, simulated, static report => report.Waits.LaterThan(2500), lateness: 0, "%"),
            Outside("extra calls", real, simulated, static report => report.ExtraCalls, lateness: 0, "%"),
            new("over sockets: first words at the latest", real.LatestOutputMs, 3500, "ms"),
            new("over sockets: turns that end badly", real.EndedBadly, 0, "turns"),
        ];
    }

    /// <summary>How far a number of the real run lies outside those of the simulated ones.</summary>
    private static Bar Outside(string name, LoadReport real, List<LoadReport> simulated, Func<LoadReport, double> number, double lateness, string unit)
    {
        var (least, most, seen) = (simulated.Min(number), simulated.Max(number) + lateness, number(real));
        return new(string.Create(CultureInfo.InvariantCulture, $"over sockets: {name}, outside {least:0.#} to {most:0.#} by"), Math.Max(0, Math.Max(least - seen, seen - most)), 0, unit);
    }

    private static void PrintSimulated(string name, List<LoadReport> runs, double rank)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {Wait(50):0} | {Wait(90):0} | {Wait(99):0} | {At(static run => run.Waits.TailRatio):0.00} | {At(static run => run.Waits.LaterThan(2500)):0.000} % "
            + $"| {At(static run => run.Waits.Unanswered):0} | {At(static run => run.LatestOutputMs):0} | {At(static run => run.ExtraCalls):0.0} % |"));

        double Wait(double percent) => At(run => run.Waits.Percentile(percent));

        double At(Func<LoadReport, double> number) => runs.Select(number).Order().ElementAt((int)(rank * (runs.Count - 1)));
    }

    private static async Task<LoadReport> RunAsync(int turns, int seed, TimeSpan youth)
    {
        var calls = 0;
        await using var first = await StartAsync("a");
        await using var second = await StartAsync("b");
        await using var server = await ServerApplication.BuildAsync(
            [
                "--environment=Production", "--urls=http://127.0.0.1:0", "--KeyVault:Uri=https://benchmarks.vault.azure.net/",
                "--Deployments:0:Name=a", $"--Deployments:0:Endpoint={first.Endpoint}", "--Deployments:0:KeySecret=upstream",
                "--Deployments:1:Name=b", $"--Deployments:1:Endpoint={second.Endpoint}", "--Deployments:1:KeySecret=upstream",
                "--Models:0:Name=model", "--Models:0:Deployments:0:Name=a", "--Models:0:Deployments:1:Name=b",
            ],
            static builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.AzureHttp, new KeyVaultStub());
            });
        await server.App.StartAsync();
        await Task.Delay(youth);

        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
        var uri = new Uri(new Uri(server.App.Urls.First()), Target.GatewayPath);
        var taken = await Task.WhenAll(Enumerable.Range(0, Callers).Select(CallAsync));
        await server.App.StopAsync();
        return new LoadReport([.. taken.SelectMany(static turns => turns)], calls);

        async Task<AzureOpenAIEmulator> StartAsync(string name)
        {
            var deployment = UnsteadyDeployment.Of(seed, name);
            var emulator = await AzureOpenAIEmulator.StartAsync(new() { Journal = false });
            emulator.ScriptFor = _ =>
            {
                Interlocked.Increment(ref calls);
                return Script(deployment.Next());
            };
            return emulator;
        }

        async Task<TurnTimes[]> CallAsync(int caller)
        {
            var times = new TurnTimes[turns];
            for (var i = 0; i < turns; i++) times[i] = await TurnAsync(http, uri, VoiceTurn.Json(i), $"conv_{caller}");
            return times;
        }
    }

    private static EmulatorScript Script(AttemptFate fate) => fate.IsRefused
        ? new() { Status = 429, HeadersMs = UnsteadyDeployment.RefusalMs, RetryAfterMs = UnsteadyDeployment.RetryAfterMs, Headers = LimitsThatLast }
        : new()
        {
            Deltas = UnsteadyDeployment.Words,
            FirstTokenMs = fate.FirstTokenMs,
            TokenMs = UnsteadyDeployment.WordMs,
            Fault = fate.Stall == Stall.None ? EmulatorFault.None : EmulatorFault.Stall,
            After = fate.Stall == Stall.BehindRole ? 0 : null,
            StallMs = UnsteadyDeployment.StallMs,
        };

    private static async Task<TurnTimes> TurnAsync(HttpMessageInvoker http, Uri uri, string json, string conversation)
    {
        var times = new TurnTimes();
        var start = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Target.Key);
        request.Headers.TryAddWithoutValidation("x-conversation-id", conversation);
        using var response = await http.SendAsync(request, CancellationToken.None);
        await using var stream = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        var buffer = new byte[16 * 1024];
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;) times.Got(Stopwatch.GetElapsedTime(start), Encoding.UTF8.GetString(buffer, 0, count));
        return times;
    }
}
