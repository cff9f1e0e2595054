using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Gateway.Authentication;
using Gateway.CallStart;
using Gateway.Options;
using Gateway.Secrets;
using Gateway.Tests.Privacy;
using Gateway.Tests.Storage;
using Gateway.Upstream;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.CallStart;

/// <summary>What is done for the call to come.</summary>
public sealed class WarmUpTests
{
    private static readonly string Instructions = string.Join(' ', Enumerable.Range(0, 500).Select(static i => $"Rule {i} of many."));

    [Fact]
    public async Task Call_ThatStarts_OpensTheConnectionOfItsFirstTurn()
    {
        using var wire = new Wire();
        await using var host = await CallStartHost.StartAsync(services: wire.Register);

        await host.StartCallAsync();
        Assert.Equal(HttpMethod.Head, await wire.NextAsync());
        Assert.Equal(1, wire.Connections);

        Assert.True((await host.SendAsync(Turn("conv_1"))).IsDone);
        Assert.Equal(HttpMethod.Post, await wire.NextAsync());
        Assert.Equal(1, wire.Connections);
    }

    [Fact]
    public async Task Calls_ThatStartWithinAMinute_OpenItOnce()
    {
        using var wire = new Wire();
        var time = new FakeTimeProvider();
        await using var host = await CallStartHost.StartAsync(services: wire.Register);
        using var http = new HttpMessageInvoker(wire, disposeHandler: false);
        var warmUp = new UpstreamWarmUp(host.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.Deployments, http, time);

        await warmUp.ConnectAsync(Voice(host).DefaultRoute);
        Assert.Equal(HttpMethod.Head, await wire.NextAsync());
        time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        await warmUp.ConnectAsync(Voice(host).DefaultRoute);
        Assert.False(wire.HasMore);

        time.Advance(TimeSpan.FromTicks(1));
        await warmUp.ConnectAsync(Voice(host).DefaultRoute);
        Assert.True(wire.HasMore);
    }

    [Fact]
    public async Task Prompt_OfTheLastTurn_IsReadUnderTheKeyOfTheCallToCome()
    {
        await using var host = await CallStartHost.StartAsync(PromptCache);
        await host.SendAsync(Turn("conv_before"));
        await host.NextUpstreamRequestAsync();

        await host.StartCallAsync();
        var warmUp = await host.NextUpstreamRequestAsync();
        await host.Log.EventAsync(312);
        await host.SendAsync(Turn("conv_1"));
        var turn = await host.NextUpstreamRequestAsync();

        var (early, late) = (JsonElement.Parse(warmUp.Body.Span), JsonElement.Parse(turn.Body.Span));
        Assert.Equal(late.GetProperty("prompt_cache_key").GetString(), early.GetProperty("prompt_cache_key").GetString());
        Assert.Equal(turn.Headers["x-ms-session-id"], warmUp.Headers["x-ms-session-id"]);
        Assert.True(JsonElement.DeepEquals(late.GetProperty("tools"), early.GetProperty("tools")));
        Assert.True(JsonElement.DeepEquals(late.GetProperty("messages")[0], early.GetProperty("messages")[0]));
        Assert.Equal(1, early.GetProperty("max_completion_tokens").GetInt32());
        Assert.DoesNotContain(host.Log.Records, record => record.Message.Contains("Rule 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prompt_OfOneKey_IsReadOnceInFiveMinutes()
    {
        var time = new FakeTimeProvider();
        await using var host = await CallStartHost.StartAsync(PromptCache);
        var warmUp = NewPromptWarmUp(host, time);
        await host.SendAsync(Turn("conv_before"));
        await host.NextUpstreamRequestAsync();

        await warmUp.WarmAsync(Voice(host), "conv_1", "r1");
        await host.NextUpstreamRequestAsync();
        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        await warmUp.WarmAsync(Voice(host), "conv_1", "r2");
        Assert.False(host.Emulator.Requests.TryRead(out _));

        time.Advance(TimeSpan.FromTicks(1));
        await warmUp.WarmAsync(Voice(host), "conv_1", "r3");
        Assert.True(host.Emulator.Requests.TryRead(out _));
    }

    /// <summary>Nobody knows where its turns will look.</summary>
    [Fact]
    public async Task Prompt_OfAnUnknownConversation_IsNotRead()
    {
        await using var host = await CallStartHost.StartAsync(PromptCache);
        await host.SendAsync(Turn("conv_before"));
        await host.NextUpstreamRequestAsync();

        await NewPromptWarmUp(host, TimeProvider.System).WarmAsync(Voice(host), conversationId: null, "r1");
        Assert.False(host.Emulator.Requests.TryRead(out _));
    }

    [Fact]
    public async Task Prompt_BeforeTheFirstTurn_IsNotRead()
    {
        await using var host = await CallStartHost.StartAsync(PromptCache);
        await NewPromptWarmUp(host, TimeProvider.System).WarmAsync(Voice(host), "conv_1", "r1");
        Assert.False(host.Emulator.Requests.TryRead(out _));
    }

    [Fact]
    public async Task Prompt_NotAskedFor_IsNotRead()
    {
        await using var host = await CallStartHost.StartAsync();
        await host.SendAsync(Turn("conv_before"));
        await host.NextUpstreamRequestAsync();

        await NewPromptWarmUp(host, TimeProvider.System).WarmAsync(Voice(host), "conv_1", "r1");
        Assert.False(host.Emulator.Requests.TryRead(out _));
    }

    /// <summary>Nobody knows whose dynamic variables are in a prompt, so none of any caller is kept.</summary>
    [Theory]
    [InlineData("None")]
    [InlineData("BuiltIn")]
    public async Task Prompts_AfterADeletion_AreNotRead(string memory)
    {
        using var folder = new TemporaryFolder();
        Dictionary<string, string?> settings = new(PromptCache)
        {
            ["Callers:0:Memory:Provider"] = memory,
            ["Callers:0:Agents:0"] = "agent_1",
            ["Callers:1:CallStart:Enabled"] = "true",
            ["Callers:1:CallStart:WarmUpPromptCache"] = "true",
            ["Webhooks:Enabled"] = "true",
            ["Privacy:Enabled"] = "true",
            ["Storage:Folder"] = folder.Path,
            ["Secrets:20:Name"] = "admin-key",
            ["Secrets:20:Value"] = PrivacyHost.AdminKey,
        };
        await using var host = await CallStartHost.StartAsync(settings);
        foreach (var key in new[] { GatewayHost.VoiceKey, GatewayHost.ApiKey })
        {
            await host.SendAsync(Turn("conv_before", key));
            await host.NextUpstreamRequestAsync();
        }

        var callers = host.Services.GetRequiredService<IReadOnlyList<Caller>>();
        Assert.All(callers, static caller => Assert.NotNull(caller.SeenPrompt!.Request));
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(GatewayHost.Turn(PrivacyHost.Body("anna-4711"), PrivacyHost.AdminKey, Routes.EndUserDelete))).Status);

        var warmUp = NewPromptWarmUp(host, TimeProvider.System);
        foreach (var caller in callers) await warmUp.WarmAsync(caller, "conv_1", "r1");
        Assert.False(host.Emulator.Requests.TryRead(out _));
    }

    /// <summary>Azure has long forgotten it, and who was deleted elsewhere may be in it.</summary>
    [Fact]
    public async Task Prompt_AnHourAfterTheLastTurnThatHadIt_IsNotRead()
    {
        var time = new FakeTimeProvider();
        await using var host = await AfterTwoTurnsAsync(time);

        time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        await NewPromptWarmUp(host, time).WarmAsync(Voice(host), "conv_1", "r1");
        Assert.True(host.Emulator.Requests.TryRead(out _));

        time.Advance(TimeSpan.FromTicks(1));
        await NewPromptWarmUp(host, time).WarmAsync(Voice(host), "conv_1", "r2");
        Assert.False(host.Emulator.Requests.TryRead(out _));
    }

    /// <summary>Also where nobody calls any more.</summary>
    [Fact]
    public async Task Prompt_AnHourAfterTheLastTurnThatHadIt_IsLetGo()
    {
        var time = new FakeTimeProvider();
        await using var host = await AfterTwoTurnsAsync(time);

        var prompt = Kept();
        time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        GC.Collect();
        Assert.True(prompt.IsAlive);

        time.Advance(TimeSpan.FromTicks(1));
        GC.Collect();
        Assert.False(prompt.IsAlive);

        // In a method of its own, so that no local keeps it.
        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Kept() => new(Voice(host).SeenPrompt!.Request);
    }

    /// <summary>A host that has had two turns with the same prompt, the second 40 minutes behind the first.</summary>
    private static async Task<GatewayHost> AfterTwoTurnsAsync(FakeTimeProvider time)
    {
        var host = await CallStartHost.StartAsync(PromptCache, services: services => services.AddSingleton<TimeProvider>(time));
        foreach (var conversation in new[] { "conv_a", "conv_b" })
        {
            time.Advance(TimeSpan.FromMinutes(40));
            await host.SendAsync(Turn(conversation));
            await host.NextUpstreamRequestAsync();
        }

        return host;
    }

    private static Dictionary<string, string?> PromptCache => new() { ["Callers:0:CallStart:WarmUpPromptCache"] = "true", ["Deployments:0:Model"] = "gpt-5.4-mini" };

    /// <summary>As the webhook's own, which nobody can wait for.</summary>
    private static PromptWarmUp NewPromptWarmUp(GatewayHost host, TimeProvider time) =>
        new(host.Services.GetRequiredService<SecretStore>(), new CallStartMetrics(host.Services.GetRequiredService<IMeterFactory>()), time, NullLogger.Instance);

    private static Caller Voice(GatewayHost host) => host.Services.GetRequiredService<IReadOnlyList<Caller>>().Single(static caller => caller.Name == "voice");

    private static HttpRequestMessage Turn(string conversation, string key = GatewayHost.VoiceKey)
    {
        const string Tools = """[{"type":"function","function":{"name":"end_call","parameters":{"type":"object","properties":{}}}}]""";
        var request = GatewayHost.Turn($$"""{"stream":true,"messages":[{"role":"system","content":"{{Instructions}}"},{"role":"user","content":"Hello"}],"tools":{{Tools}}}""", key);
        request.Headers.Add("x-conversation-id", conversation);
        return request;
    }

    /// <summary>The turns' own handler, with its connections counted and its requests told when they are answered.</summary>
    private sealed class Wire : DelegatingHandler
    {
        private readonly Channel<HttpMethod> _answered = Channel.CreateUnbounded<HttpMethod>();
        private int _connections;

        public Wire()
        {
            var handler = UpstreamHandler.Create();
            handler.ConnectCallback = async (connection, cancellationToken) =>
            {
                Interlocked.Increment(ref _connections);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(connection.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            };
            InnerHandler = handler;
        }

        public int Connections => _connections;

        public bool HasMore => _answered.Reader.TryPeek(out _);

        public void Register(IServiceCollection services) => services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.UpstreamHttp, (_, _) => this);

        public async Task<HttpMethod> NextAsync() =>
            await _answered.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var method = request.Method;
            var response = await base.SendAsync(request, cancellationToken);
            _answered.Writer.TryWrite(method);
            return response;
        }
    }
}
