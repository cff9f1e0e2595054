namespace Benchmarks;

/// <summary>The emulator, and the three that stand before it, each in a process of its own.</summary>
internal sealed class Rivals : IDisposable
{
    private readonly List<HostProcess> _processes = [];

    private Rivals()
    {
    }

    public Target Direct { get; private set; } = null!;

    public Target Relay { get; private set; } = null!;

    public Target Yarp { get; private set; } = null!;

    public Target Gateway { get; private set; } = null!;

    public IReadOnlyList<Target> All => [Direct, Relay, Yarp, Gateway];

    public static async Task<Rivals> StartAsync()
    {
        var rivals = new Rivals();
        var emulator = await rivals.StartAsync("emulator", "http://127.0.0.1:0");
        rivals.Direct = new("direct", emulator, Target.DirectPath);
        rivals.Relay = new("bare relay", await rivals.StartAsync("relay", emulator.AbsoluteUri), Target.DirectPath);
        rivals.Yarp = new("YARP", await rivals.StartAsync("yarp", emulator.AbsoluteUri), Target.DirectPath);
        rivals.Gateway = new("gateway", await rivals.StartAsync("gateway", emulator.AbsoluteUri, "2.0"), Target.GatewayPath);
        return rivals;
    }

    public void Dispose()
    {
        foreach (var target in All) target.Dispose();
        foreach (var process in _processes) process.Dispose();
    }

    private async Task<Uri> StartAsync(string role, params string[] args)
    {
        var process = await HostProcess.StartAsync(role, args);
        _processes.Add(process);
        return process.Address;
    }
}
