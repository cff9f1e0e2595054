using System.Runtime.InteropServices;
using Emulator;

var configuration = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build();
await using var emulator = await AzureOpenAIEmulator.StartAsync(new()
{
    Url = new Uri((configuration["urls"] ?? "http://127.0.0.1:5005").Split(';')[0]),
    Journal = false,
});
Console.WriteLine($"The emulator of Azure OpenAI listens on {emulator.Endpoint}");
Console.WriteLine($$"""curl -N {{emulator.Endpoint}}openai/v1/chat/completions -H 'api-key: any' -H 'content-type: application/json' -d '{"model":"demo","stream":true,"messages":[{"role":"user","content":"Hello"}]}'""");

var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
await stop.Task;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.TrySetResult();
}
