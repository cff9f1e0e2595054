using System.Globalization;
using Emulator;

namespace Benchmarks.Hosts;

/// <summary>What a process of the benchmark's serves; it stops when the process that started it is gone.</summary>
internal static class HostRole
{
    /// <summary>The path of the bytes that the process has allocated so far.</summary>
    public const string Allocated = "/benchmark/allocated";

    /// <summary>What a host writes before its address.</summary>
    public const string Listening = "benchmark host listens on ";

    public static async Task<int> RunAsync(string role, string[] args)
    {
        if (role == "emulator")
        {
            await using var emulator = await AzureOpenAIEmulator.StartAsync(new() { Url = new Uri(args[0]), Journal = false });
            await ServeAsync(emulator.Endpoint.AbsoluteUri);
            return 0;
        }

        await using var app = role switch
        {
            "relay" => BareRelay.Build(new Uri(args[0])),
            "yarp" => BareYarp.Build(new Uri(args[0])),
            "start" => await StartServer.BuildAsync(new Uri(args[0]), connectionString: args[1]),
            _ => await GatewayServer.BuildAsync(new Uri(args[0]), httpVersion: args[1]),
        };
        app.MapGet(Allocated, static context => context.Response.WriteAsync(GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture)));
        await app.StartAsync();
        await ServeAsync(app.Urls.First());
        return 0;
    }

    /// <summary>A builder for a host that does as little as possible beside its job.</summary>
    public static WebApplicationBuilder NewBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        return builder;
    }

    private static Task ServeAsync(string address)
    {
        Console.WriteLine(Listening + address);
        var parentGone = new TaskCompletionSource();
        // A thread of its own: one of the pool's two would be missing in what is measured.
        new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            input.ReadByte();
            parentGone.SetResult();
        })
        { IsBackground = true }.Start();
        return parentGone.Task;
    }
}
