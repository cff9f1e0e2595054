using System.Text.Json;

namespace Gateway.Tests.Speech;

/// <summary>What an upstream gets to see of a history in which was spoken without a model.</summary>
public sealed class SpokenHistoryHostTests
{
    private const string Request = """
        {"messages":[{"role":"assistant","content":"Einen Moment, bitte… Guten Tag."},{"role":"assistant","content":"Na so was... "},{"role":"user","content":"Let me see... #emulate {}"}],"stream":true}
        """;

    private static readonly Dictionary<string, string?> Settings = new() { ["Phrases:0:Language"] = "de", ["Phrases:0:BufferWords:0"] = "Na so was... " };

    [Fact]
    public async Task Voice_History_LosesPhrasesShippedAndConfigured()
    {
        await using var host = await GatewayHost.StartAsync(Settings);

        await host.SendAsync(Request);

        Assert.Equal(["Guten Tag.", "Let me see... #emulate {}"], Contents((await host.NextUpstreamRequestAsync()).Body));
    }

    [Fact]
    public async Task Api_History_IsUntouched()
    {
        await using var host = await GatewayHost.StartAsync(Settings);

        await host.SendAsync(Request, GatewayHost.ApiKey);

        Assert.Equal(["Einen Moment, bitte… Guten Tag.", "Na so was... ", "Let me see... #emulate {}"], Contents((await host.NextUpstreamRequestAsync()).Body));
    }

    private static string?[] Contents(ReadOnlyMemory<byte> body) => [.. JsonElement.Parse(body.Span).GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("content").GetString())];
}
