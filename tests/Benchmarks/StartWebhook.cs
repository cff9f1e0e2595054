using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Benchmarks.Hosts;

namespace Benchmarks;

/// <summary>The time to the whole answer of the start webhook, over sockets, with a memory that answers and with one that hangs.</summary>
internal static class StartWebhook
{
    public static async Task<int> RunAsync(RunSettings settings)
    {
        using var emulator = await HostProcess.StartAsync("emulator", "http://127.0.0.1:0");
        using var answering = await HostProcess.StartAsync("start", emulator.Address.AbsoluteUri, "answers");
        using var hanging = await HostProcess.StartAsync("start", emulator.Address.AbsoluteUri, StartServer.Hangs);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

        await MeasureAsync(http, answering.Address, rounds: 1, settings.Turns(2000), concurrency: 1);
        await MeasureAsync(http, hanging.Address, rounds: 1, count: 20, concurrency: 20);

        Console.WriteLine("\nstart webhook, ms to the whole answer, medians of the rounds");
        Console.WriteLine("| | calls | p50 | p99 | longest of all |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        var (one, _) = Print("memory answers, one at a time", await MeasureAsync(http, answering.Address, rounds: 5, settings.Turns(1000), concurrency: 1));
        var (twenty, _) = Print("memory answers, 20 at a time", await MeasureAsync(http, answering.Address, rounds: 5, settings.Turns(1000), concurrency: 20));
        var (_, longest) = Print("memory hangs, 20 at a time", await MeasureAsync(http, hanging.Address, rounds: 5, settings.Turns(200), concurrency: 20));
        return settings.Verdict(
            new("start webhook, p99", one, 50, "ms"),
            new("start webhook, 20 at a time, p99", twenty, 50, "ms"),
            new("start webhook with a memory that hangs, longest of all", longest, 500, "ms"));
    }

    private static (double P99, double Longest) Print(string name, (Rounds Rounds, double Longest) measured)
    {
        var (rounds, longest) = measured;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {rounds.Count} | {rounds.Percentile(50):0.000} | {rounds.Percentile(99):0.000} | {longest:0.000} |"));
        return (rounds.Percentile(99), longest);
    }

    private static async Task<(Rounds Rounds, double Longest)> MeasureAsync(HttpMessageInvoker http, Uri address, int rounds, int count, int concurrency)
    {
        var (all, longest, uri) = (new Rounds(), 0.0, new Uri(address, "webhooks/elevenlabs/start"));
        for (var round = 0; round < rounds; round++)
        {
            var taken = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(caller => CallAsync(caller, Math.Max(1, count / concurrency))));
            foreach (var milliseconds in taken.SelectMany(static times => times))
            {
                all.Add(milliseconds);
                longest = Math.Max(longest, milliseconds);
            }

            all.EndRound();
        }

        return (all, longest);

        async Task<double[]> CallAsync(int caller, int calls)
        {
            var times = new double[calls];
            for (var i = 0; i < calls; i++) times[i] = await StartAsync(http, uri, $"+4915100{caller:00}{i:0000}");
            return times;
        }
    }

    private static async Task<double> StartAsync(HttpMessageInvoker http, Uri uri, string number)
    {
        var start = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Content = new StringContent($$"""{"caller_id":"{{number}}","agent_id":"agent_1","called_number":"+498912345","call_sid":"CA1","conversation_id":"conv_1"}""", MediaTypeHeaderValue.Parse("application/json")),
        };
        request.Headers.TryAddWithoutValidation("x-api-key", Target.Key);
        using var response = await http.SendAsync(request, CancellationToken.None);
        var answer = await response.Content.ReadAsStringAsync();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (response.StatusCode != HttpStatusCode.OK || !answer.Contains("\"secret__end_user\":\"ey", StringComparison.Ordinal)) throw new InvalidDataException("The call got no answer of its own.");
        return elapsed;
    }
}
