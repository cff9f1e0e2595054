using Benchmarks;
using Benchmarks.Hosts;

var settings = new RunSettings(Check: args.Contains("--check"), Quick: args.Contains("--quick"));
return args switch
{
    ["host", var role, .. var rest] => await HostRole.RunAsync(role, rest),
    ["ttft", ..] => await TimeToFirstToken.RunAsync(settings),
    ["alloc", ..] => await Allocations.RunAsync(settings),
    ["relay", ..] => await InMemoryRelay.RunAsync(settings),
    ["start", ..] => await ColdStart.RunAsync(settings),
    ["http", ..] => await HttpVersions.RunAsync(settings),
    ["start-webhook", ..] => await StartWebhook.RunAsync(settings),
    ["faults", ..] => await Faults.RunAsync(settings),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("dotnet run -c Release --project tests/Benchmarks -- ttft|alloc|relay|start|http|start-webhook|faults [--check] [--quick]");
    return 2;
}
