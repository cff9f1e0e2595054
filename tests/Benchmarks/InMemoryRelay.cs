using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using Emulator;
using Gateway;
using Gateway.Relay;
using Server;

namespace Benchmarks;

/// <summary>What our code allocates for a chunk, and how long it looks at one: the relay alone, and whole turns over an upstream in memory, without sockets.</summary>
internal static class InMemoryRelay
{
    private const int Short = 20;
    private const int Long = 200;

    private static readonly byte[] Chunk = Frame("""{"content":" appointment"}""", "null");

    public static async Task<int> RunAsync(RunSettings settings)
    {
        Console.WriteLine("\n| relay alone | ns a chunk | bytes a chunk |");
        Console.WriteLine("|---|--:|--:|");
        var alone = 0.0;
        foreach (var voice in new[] { true, false })
        {
            var rounds = Enumerable.Range(0, 20).Select(_ => Relay(voice, settings.Turns(100_000))).ToArray();
            var nanoseconds = rounds.Min(static round => round.Nanoseconds);
            // What is allocated for a chunk is allocated in every round.
            var bytes = rounds.Min(static round => round.Bytes);
            Console.WriteLine($"| {(voice ? "voice" : "api")} caller, {Chunk.Length} bytes a chunk | {nanoseconds:0} | {bytes:0.000} |");
            alone = Math.Max(alone, bytes);
        }

        var (atShort, atLong) = (await TurnsAsync(Short, settings.Turns(2000)), await TurnsAsync(Long, settings.Turns(2000)));
        var perChunk = (atLong - atShort) / (Long - Short);
        Console.WriteLine("\n| whole turns in memory | bytes |");
        Console.WriteLine("|---|--:|");
        Console.WriteLine($"| a turn of {Short} chunks | {atShort:0} |");
        Console.WriteLine($"| a turn of {Long} chunks | {atLong:0} |");
        Console.WriteLine($"| a chunk more | {perChunk:0.000} |");
        // The smallest object has 24 bytes; what the runtime allocates by itself meanwhile stays far below one in 50 chunks.
        return settings.Verdict(new Bar("bytes a chunk, the relay alone", alone, 0, "bytes"), new Bar("bytes a chunk, whole turns in memory", perChunk, 0.5, "bytes"));
    }

    private static (double Nanoseconds, double Bytes) Relay(bool voice, int chunks)
    {
        using var relay = new StreamRelay(voice, includeUsage: true, model: null);
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        Accept();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < chunks; i++) Accept();
        return (Stopwatch.GetElapsedTime(start).TotalNanoseconds / chunks, (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)chunks);

        void Accept()
        {
            Chunk.CopyTo(relay.Free);
            relay.Accept(Chunk.Length, output);
            output.ResetWrittenCount();
        }
    }

    /// <summary>The bytes that a turn allocates from the handler on, with the SDK, and without hosts, sockets and a log that is written.</summary>
    private static async Task<double> TurnsAsync(int chunks, int turns)
    {
        string[] settings =
        [
            "--environment=Development",
            $"--Deployments:0:Name={VoiceRequest.Model}", "--Deployments:0:Endpoint=http://127.0.0.1:1/", "--Deployments:0:KeySecret=upstream",
            "--Secrets:0:Name=upstream", $"--Secrets:0:Value={Target.Key}", "--Secrets:1:Name=caller-elevenlabs", $"--Secrets:1:Value={Target.Key}",
        ];
        await using var server = await ServerApplication.BuildAsync(settings, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.UpstreamHttp, new Upstream(chunks));
        });
        var handler = server.App.Services.GetRequiredService<ChatCompletionsHandler>();
        var body = VoiceRequest.Body(new EmulatorScript());

        var rounds = new List<double>();
        for (var round = 0; round < 9; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await RunAsync(turns);
            rounds.Add((GC.GetTotalAllocatedBytes(precise: true) - before) / (double)turns);
            // The next round may find what was compiled anew meanwhile.
            await Task.Delay(200);
        }

        return Rounds.Median(rounds[4..]);

        async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var answer = new Answer();
                var context = new DefaultHttpContext { Request = { Method = "POST", Body = new MemoryStream(body), ContentLength = body.Length }, Response = { Body = answer } };
                context.Request.Headers.Authorization = "Bearer " + Target.Key;
                await handler.HandleAsync(context, CancellationToken.None);
                if (context.Response.StatusCode != 200 || answer.Bytes < chunks * Chunk.Length) throw new InvalidDataException("The turn was not answered in full.");
            }
        }
    }

    private static byte[] Frame(string delta, string finishReason) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
        data: {"id":"chatcmpl-benchmark","object":"chat.completion.chunk","created":1753900000,"model":"{{{VoiceRequest.Model}}}","system_fingerprint":"fp_benchmark","choices":[{"index":0,"delta":{{{delta}}},"logprobs":null,"finish_reason":{{{finishReason}}},"content_filter_results":{}}],"usage":null}


        """));

    /// <summary>An upstream that answers each request with the same stream.</summary>
    private sealed class Upstream(int chunks) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            var content = new StreamContent(new Frames(chunks)) { Headers = { ContentType = new MediaTypeHeaderValue("text/event-stream") } };
            return new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = content };
        }
    }

    /// <summary>Gives one frame for each read, and each a little later, as a socket does. A read without a buffer only waits.</summary>
    private sealed class Frames(int chunks) : MemoryStream
    {
        private static readonly byte[] Finish = Frame("{}", "\"stop\"");
        private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();

        private int _next;

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if (buffer.IsEmpty || _next > chunks + 1) return 0;
            var frame = _next < chunks ? Chunk : _next == chunks ? Finish : Done;
            _next++;
            frame.CopyTo(buffer);
            return frame.Length;
        }
    }

    /// <summary>Counts what the caller gets.</summary>
    private sealed class Answer : MemoryStream
    {
        public int Bytes { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Bytes += buffer.Length;
            return ValueTask.CompletedTask;
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
