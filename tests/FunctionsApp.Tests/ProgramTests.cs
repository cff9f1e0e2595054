using FunctionsApp.Tests.Triggers;
using FunctionsApp.Triggers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FunctionsApp.Tests;

/// <summary>Program.cs, run over the stand-ins of the worker.</summary>
public sealed class ProgramTests
{
    private static readonly string[] App = [typeof(ChatCompletionsTrigger).Assembly.Location];

    [Fact]
    public async Task Program_Configured_BuildsAHostThatMakesEveryTriggerAndLiftsTheServersLimit()
    {
        var (built, exitCode) = HostBuilt.By(["--environment=Development", "--Logging:LogLevel:Default=None", .. GatewaySettings.Valid.Select(setting => $"--{setting.Key}={setting.Value}")]);
        using var host = await built;
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        // A host that is stopped while it starts fails instead of ending.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.All(Trigger.All, trigger => Assert.NotNull(ActivatorUtilities.CreateInstance(host.Services, trigger.Method.DeclaringType!)));
        Assert.Null(host.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBodySize);

        lifetime.StopApplication();
        Assert.Equal(0, await exitCode.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Program_WithNothingConfigured_NamesTheSettingsOnStandardErrorAndFails()
    {
        using var app = new DotnetCommand(App);

        var (exitCode, _, errors) = await app.EndAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.Equal(1, exitCode);
        Assert.Contains("Deployments__0__Name", errors, StringComparison.Ordinal);
        Assert.Contains("KeyVault__Uri", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_WithTheSampleSettingsInDevelopment_Starts()
    {
        // func sets the variable by itself, whatever it is set to.
        using var app = new DotnetCommand(App, [.. SampleSettings.Values, new("AZURE_FUNCTIONS_ENVIRONMENT", "Development")]);

        Assert.NotNull(await app.ReadToLineAsync("Application started", TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Program_WithTheSampleSettingsInProduction_AsksForAVault()
    {
        using var app = new DotnetCommand(App, SampleSettings.Values);

        var (exitCode, _, errors) = await app.EndAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("KeyVault__Uri", errors, StringComparison.Ordinal);
    }
}
