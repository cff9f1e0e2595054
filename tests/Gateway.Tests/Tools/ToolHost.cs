using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Gateway.EndUsers;
using Gateway.Tests.Credentials;
using Gateway.Tests.Memory;
using Gateway.Tools;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Tests.Tools;

/// <summary>The endpoint with tools for both callers, over a Zep of its own.</summary>
internal sealed class ToolHost : IAsyncDisposable
{
    public const string SigningSecret = "a signing secret of 32 characters";

    private ToolHost(GatewayHost gateway, FakeZep zep, PacedClock time) => (Gateway, Zep, Time) = (gateway, zep, time);

    public GatewayHost Gateway { get; }

    public FakeZep Zep { get; }

    /// <summary>The endpoint's clock. It stands still, so that no tool's time is up however busy the machine is.</summary>
    public PacedClock Time { get; }

    public static async Task<ToolHost> StartAsync(Action<IServiceCollection>? services = null, Dictionary<string, string?>? settings = null)
    {
        var zep = await FakeMemoryService.StartAsync<FakeZep>();
        var all = Settings(zep.Endpoint);
        foreach (var (name, value) in settings ?? []) all[name] = value;
        // Now, because tokens are signed for an hour from now.
        var time = new PacedClock(TimeProvider.System.GetUtcNow());
        var gateway = await GatewayHost.StartAsync(all, services: more =>
        {
            more.AddSingleton<TimeProvider>(time);
            services?.Invoke(more);
        });
        return new ToolHost(gateway, zep, time);
    }

    /// <summary>A token of a backend that knows its user.</summary>
    public static string Signed(string user = "user-1", string tenant = "voice", DateTimeOffset? expires = null) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Audience = tenant,
        Expires = (expires ?? TimeProvider.System.GetUtcNow().AddHours(1)).UtcDateTime,
        Claims = new Dictionary<string, object> { ["sub"] = user },
        SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(SigningSecret)), SecurityAlgorithms.HmacSha256),
    });

    /// <summary>A token of our start webhook, which knows a number.</summary>
    public string Phone(string number = "+4915112345678") => Gateway.Services.GetRequiredService<EndUserTokens>().Sign(
        new EndUser("voice", Gateway.Services.GetRequiredService<EndUserIds>().KeyOf(number)!, EndUserTrust.Phone), TimeProvider.System.GetUtcNow().AddHours(1))!;

    public Task<Answer> CallAsync(string tool, string body, string? token = null, string? key = GatewayHost.VoiceKey, string contentType = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"tools/{tool}") { Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(contentType)) };
        if (key is not null) request.Headers.Add("x-api-key", key);
        if (token is not null) request.Headers.Add("x-end-user", token);
        return Gateway.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Zep.DisposeAsync();
    }

    private static Dictionary<string, string?> Settings(Uri zep)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Webhooks:Enabled"] = "true",
            ["Secrets:4:Name"] = "end-user-signing",
            ["Secrets:4:Value"] = SigningSecret,
            ["Secrets:5:Name"] = "zep-key",
            ["Secrets:5:Value"] = FakeMemoryService.Key,
            ["Callers:0:Tools:2"] = "add_up",
            ["Callers:0:Tools:3"] = "hang",
            ["Callers:0:Tools:4"] = "fail",
            ["Callers:0:Tools:5"] = "nest",
        };
        foreach (var caller in new[] { 0, 1 })
        {
            var section = string.Create(CultureInfo.InvariantCulture, $"Callers:{caller}");
            settings[$"{section}:Agents:0"] = $"agent_{caller}";
            settings[$"{section}:Memory:Provider"] = "Zep";
            settings[$"{section}:Memory:Endpoint"] = zep.AbsoluteUri;
            settings[$"{section}:Tools:0"] = "recall";
            settings[$"{section}:Tools:1"] = "remember";
        }

        return settings;
    }

    /// <summary>Three tools as somebody would add them.</summary>
    public static void AddTools(IServiceCollection services) => services.AddServerTool<AddUpTool>().AddServerTool<HangTool>().AddServerTool<FailTool>().AddServerTool<NestTool>();
}
