using Gateway;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace FunctionsApp.Tests.Triggers;

/// <summary>Every trigger, run with the real handlers.</summary>
public sealed class TriggerRunTests : IDisposable
{
    private readonly IHost _host = NewHost();

    public static TheoryData<string, HangUp> HangUps { get; } =
        [.. from trigger in Trigger.All from teller in Enum.GetValues<HangUp>() select (trigger.Name, teller)];

    public static TheoryData<string> Names { get; } = [.. Trigger.All.Select(trigger => trigger.Name)];

    [Theory]
    [MemberData(nameof(HangUps))]
    public async Task Trigger_HungUpOn_EndsAtOnceAndThrowsNothing(string name, HangUp by)
    {
        var trigger = Trigger.All.Single(trigger => trigger.Name == name);
        await using var body = new HeldStream();
        using var invocation = new Invocation(trigger, body);

        var run = trigger.RunAsync(_host.Services, invocation.Context, invocation);
        var seen = await body.Held;
        Assert.False(seen.IsCancellationRequested);
        invocation.HangUp(by);

        Assert.True(seen.IsCancellationRequested);
        await run.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task WrongTrigger_HungUpOnByTheFunction_DoesNotNotice()
    {
        var trigger = Assert.Single(Trigger.In(typeof(WrongTrigger)));
        await using var body = new HeldStream();
        using var invocation = new Invocation(trigger, body);

        var run = trigger.RunAsync(_host.Services, invocation.Context, invocation);
        var seen = await body.Held;
        invocation.HangUp(HangUp.Function);

        Assert.False(seen.IsCancellationRequested);
        invocation.HangUp(HangUp.Request);
        await run.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Trigger_OverABrokenConnection_ThrowsNothing(string name)
    {
        var trigger = Trigger.All.Single(trigger => trigger.Name == name);
        await using var body = new BrokenStream();
        using var invocation = new Invocation(trigger, body);

        await trigger.RunAsync(_host.Services, invocation.Context, invocation).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.StartsWith("req_", invocation.Context.Response.Headers["x-request-id"].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Trigger_WhoseCallerIsGoneAlready_ThrowsNothing(string name)
    {
        var trigger = Trigger.All.Single(trigger => trigger.Name == name);
        await using var body = new HeldStream();
        using var invocation = new Invocation(trigger, body);
        invocation.HangUp(HangUp.Both);

        await trigger.RunAsync(_host.Services, invocation.Context, invocation).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
    }

    public void Dispose() => _host.Dispose();

    private static IHost NewHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(GatewaySettings.Valid);
        // Longer than a test waits, so that a turn which does not notice a hang-up is not ended by its own time.
        builder.Configuration.AddInMemoryCollection([new("Callers:0:Name", "elevenlabs"), new("Callers:0:TurnTimeout", "00:03:40")]);
        builder.Services.AddGateway(builder.Configuration);
        return builder.Build();
    }
}
