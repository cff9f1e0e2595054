using System.Text.Json;
using Gateway.EndUsers;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndUsers;

/// <summary>An end user is known by one key everywhere.</summary>
public sealed class EndUserIdsTests
{
    [Theory]
    [InlineData("+4915112345678")]
    [InlineData("Jörg 👋")]
    public async Task EndUser_InTheIndexAndAtTheProvider_HasTheSameKey(string id)
    {
        await using var host = await GatewayHost.StartAsync();

        await host.SendAsync($$"""{"stream":true,"messages":[{"role":"user","content":"Hi"}],"user_id":"{{id}}"}""");

        var sent = JsonElement.Parse((await host.NextUpstreamRequestAsync()).Body.Span).GetProperty("user").GetString();
        Assert.Equal(sent, host.Services.GetRequiredService<EndUserIds>().KeyOf(id));
        Assert.Matches("^[0-9a-f]{64}$", sent);
    }

    [Fact]
    public async Task EndUser_WithoutTheSecret_HasNoKey()
    {
        await using var host = await GatewayHost.StartAsync(new() { ["EndUserKeySecret"] = "absent" });

        Assert.Null(host.Services.GetRequiredService<EndUserIds>().KeyOf("user-1"));
    }
}
