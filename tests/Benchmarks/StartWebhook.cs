using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Server;

namespace Benchmarks;

/// <summary>
/// The time to the whole answer of the start webhook, over sockets, with the built-in memory in a real Azurite, and in an account that takes connections and never says a word. Each call is a
/// conversation of its own, so that each asks the table.
/// </summary>
internal static class StartWebhook
{
    private const int Callers = 20;

    public static async Task<int> RunAsync(RunSettings settings)
    {
        if (LocalAzurite.Find() is not { } script)
        {
            await Console.Error.WriteLineAsync("Azurite is not installed. With Node 20 or later: npm ci --prefix tests/azurite");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("azurite-");
        try
        {
            return await RunAsync(settings, script, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(RunSettings settings, string script, string folder)
    {
        await using var azurite = new LocalAzurite(script, folder);
        await azurite.StartAsync(CancellationToken.None);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var account = $"http://{silent.LocalEndpoint}/devstoreaccount1";

        using var emulator = await HostProcess.StartAsync("emulator", "http://127.0.0.1:0");
        using var answering = await HostProcess.StartAsync("start", emulator.Address.AbsoluteUri, azurite.ConnectionString);
        using var hanging = await HostProcess.StartAsync("start", emulator.Address.AbsoluteUri, $"AccountName=devstoreaccount1;AccountKey=AAAA;BlobEndpoint={account};TableEndpoint={account};QueueEndpoint={account}");
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

        await MeasureAsync(http, hanging.Address, "there", rounds: 1, count: Callers, concurrency: Callers);
        // At once, and no longer than 4 s: after 5 the memory has failed, and is left alone for half a minute, in which nobody waits.
        var hung = await MeasureAsync(http, hanging.Address, "there", rounds: 5, count: 2 * Callers, concurrency: Callers);
        if (hung.Rounds.Percentile(1) < 290) throw new InvalidDataException("A call did not wait for the memory.");
        for (var caller = 0; caller < Callers; caller++) await RememberAsync(http, answering.Address, caller);
        await MeasureAsync(http, answering.Address, "Zoë", rounds: 1, settings.Turns(2000), concurrency: 1);

        Console.WriteLine("\nstart webhook, ms to the whole answer, medians of the rounds");
        Console.WriteLine("| | calls | p50 | p99 | longest of all |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        var (one, _) = Print("storage answers, one at a time", await MeasureAsync(http, answering.Address, "Zoë", rounds: 5, settings.Turns(1000), concurrency: 1));
        var (twenty, _) = Print("storage answers, 20 at a time", await MeasureAsync(http, answering.Address, "Zoë", rounds: 5, settings.Turns(1000), concurrency: Callers));
        var (_, longest) = Print("storage hangs, 20 at a time", hung);
        return settings.Verdict(
            new("start webhook, p99", one, 50, "ms"),
            new("start webhook, 20 at a time, p99", twenty, 50, "ms"),
            new("start webhook with a storage that hangs, longest of all", longest, 500, "ms"));
    }

    private static (double P99, double Longest) Print(string name, (Rounds Rounds, double Longest) measured)
    {
        var (rounds, longest) = measured;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {rounds.Count} | {rounds.Percentile(50):0.000} | {rounds.Percentile(99):0.000} | {longest:0.000} |"));
        return (rounds.Percentile(99), longest);
    }

    private static async Task<(Rounds Rounds, double Longest)> MeasureAsync(HttpMessageInvoker http, Uri address, string name, int rounds, int count, int concurrency)
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
            for (var i = 0; i < calls; i++) times[i] = await StartAsync(http, uri, caller, name);
            return times;
        }
    }

    private static async Task<double> StartAsync(HttpMessageInvoker http, Uri uri, int caller, string name)
    {
        var start = Stopwatch.GetTimestamp();
        using var request = Post(uri, $$"""{"caller_id":"{{Number(caller)}}","agent_id":"agent_1","called_number":"+498912345","call_sid":"CA1","conversation_id":"conv_{{Guid.NewGuid():N}}"}""");
        request.Headers.TryAddWithoutValidation("x-api-key", Target.Key);
        using var response = await http.SendAsync(request, CancellationToken.None);
        var answer = await response.Content.ReadAsByteArrayAsync();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var variables = JsonElement.Parse(answer).GetProperty("dynamic_variables");
        if (variables.GetProperty("customer").GetString() != name || !variables.GetProperty("secret__end_user").GetString()!.StartsWith("ey", StringComparison.Ordinal)) throw new InvalidDataException("The call got no answer of its own.");
        return elapsed;
    }

    /// <summary>Has a caller's name remembered, as ElevenLabs' webhook of an earlier call would.</summary>
    private static async Task RememberAsync(HttpMessageInvoker http, Uri address, int caller)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var body = $$$"""
            {"type":"post_call_transcription","event_timestamp":{{{now}}},"data":{"agent_id":"agent_1","conversation_id":"before_{{{caller}}}","metadata":{"phone_call":{"external_number":"{{{Number(caller)}}}"} },
            "analysis":{"data_collection_results":{"preferred_name":{"value":"Zoë"} } } } }
            """;
        using var request = Post(new Uri(address, "webhooks/elevenlabs"), body);
        var hash = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Target.Key), Encoding.UTF8.GetBytes($"{now}.{body}")));
        request.Headers.TryAddWithoutValidation("ElevenLabs-Signature", $"t={now},v0={hash}");
        using var response = await http.SendAsync(request, CancellationToken.None);
        response.EnsureSuccessStatusCode();
    }

    private static HttpRequestMessage Post(Uri uri, string json) => new(HttpMethod.Post, uri) { Content = new StringContent(json, MediaTypeHeaderValue.Parse("application/json")) };

    private static string Number(int caller) => $"+49151000000{caller:00}";
}
