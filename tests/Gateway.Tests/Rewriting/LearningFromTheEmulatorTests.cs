using System.Net;
using System.Text;
using System.Text.Json;
using Emulator;
using Gateway.Options;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Tests.Emulator;
using Gateway.Upstream;

namespace Gateway.Tests.Rewriting;

/// <summary>What is rewritten is sent to an emulator of the family, and again while its refusals teach something.</summary>
public sealed class LearningFromTheEmulatorTests : EmulatorTest
{
    private const string M = "\"messages\":[{\"role\":\"system\",\"content\":\"S\"},{\"role\":\"user\",\"content\":\"Hi\"}],\"stream\":true";
    private const string Tools = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"end_call\"}}]";
    private const string Sampling = ",\"temperature\":0,\"top_p\":0.9,\"presence_penalty\":0,\"logprobs\":false,\"logit_bias\":{}";
    private const string ElevenLabs = M + ",\"temperature\":0,\"max_tokens\":5000,\"user_id\":\"u\",\"elevenlabs_extra_body\":{}" + Tools;

    protected override EmulatorOptions Options => new() { Deployments = Families.ToDictionary(family => family) };

    private static string[] Families =>
    [
        "gpt-4.1", "o3-mini", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5-chat", "gpt-5.1", "gpt-5.1-chat", "gpt-5.2", "gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.5", "gpt-5.6-sol", "gpt-6-sol", "gpt-6.1-sol",
    ];

    [Theory]
    [InlineData("gpt-4.1")]
    [InlineData("o3-mini")]
    [InlineData("o4-mini")]
    [InlineData("gpt-5")]
    [InlineData("gpt-5-mini")]
    [InlineData("gpt-5-chat")]
    [InlineData("gpt-5.1")]
    [InlineData("gpt-5.1-chat")]
    [InlineData("gpt-5.2")]
    [InlineData("gpt-5.4")]
    [InlineData("gpt-5.4-mini")]
    [InlineData("gpt-5.4-nano")]
    [InlineData("gpt-5.5")]
    [InlineData("gpt-5.6-sol")]
    [InlineData("gpt-6-sol")]
    public async Task Family_ThatIsKnown_TakesWhatIsSentAtOnce(string family)
    {
        foreach (var profile in Enum.GetValues<CallerProfile>())
        {
            foreach (var json in (string[])[M, ElevenLabs, M + Sampling, M + Tools + Sampling])
            {
                Assert.Equal(1, (await TalkAsync(Known(family), json, profile)).Attempts);
            }
        }
    }

    [Theory]
    [InlineData("gpt-5.4-mini", ElevenLabs, 3, 1, "max_tokens is sent as max_completion_tokens; reasoning_effort is 'none' with tools")]
    [InlineData("gpt-5.5", ElevenLabs, 4, 1, "max_tokens is sent as max_completion_tokens; reasoning_effort is 'none' with tools")]
    [InlineData("gpt-5", M + Sampling, 6, 2, "top_p is dropped; presence_penalty is dropped; logit_bias is dropped; logprobs is dropped")]
    [InlineData("gpt-4.1", ElevenLabs, 1, 1, "")]
    public async Task Family_ThatIsNotKnown_TeachesItsRulesInTheFirstTurn(string family, string json, int first, int second, string rules)
    {
        var deployment = Unknown(family);

        Assert.Equal(first, (await TalkAsync(deployment, json)).Attempts);
        Assert.Equal(second, (await TalkAsync(deployment, json)).Attempts);

        Assert.Equal(rules.Split("; ", StringSplitOptions.RemoveEmptyEntries).Order(), deployment.Learned.Describe().Order());
    }

    [Fact]
    public async Task Family_ThatTakesNoEffortAsLowAsOurs_TeachesTheLowest()
    {
        var deployment = Known("gpt-6.1-sol");

        Assert.Equal((2, "low"), Effort(await TalkAsync(deployment, M)));
        Assert.Equal((1, "low"), Effort(await TalkAsync(deployment, M)));
        Assert.Equal((1, "high"), Effort(await TalkAsync(deployment, M + ",\"reasoning_effort\":\"high\"")));
    }

    [Fact]
    public async Task Family_ThatTakesToolsAtNoEffort_IsGivenUp()
    {
        var deployment = Known("gpt-6.1-sol");

        Assert.Equal((3, false), (await TalkAsync(deployment, M + Tools)) is var first ? (first.Attempts, first.IsAnswered) : default);
        Assert.Equal((1, false), (await TalkAsync(deployment, M + Tools)) is var second ? (second.Attempts, second.IsAnswered) : default);
    }

    [Fact]
    public async Task Path_ThatKnowsNoEffort_TeachesToDropIt()
    {
        var deployment = Known("gpt-5.1", "2024-10-21");

        Assert.Equal((2, null), Effort(await TalkAsync(deployment, M)));
        Assert.Equal((1, null), Effort(await TalkAsync(deployment, M)));
    }

    [Fact]
    public async Task Value_OfTheCallers_IsRefusedInEachTurnAndLeftOut()
    {
        var deployment = Known("gpt-5.1");

        for (var turn = 0; turn < 2; turn++) Assert.Equal((2, "none"), Effort(await TalkAsync(deployment, M + ",\"reasoning_effort\":\"minimal\"")));
        Assert.Empty(deployment.Learned.Describe());
    }

    private static (int Attempts, string? Effort) Effort((int Attempts, bool IsAnswered, JsonElement Sent) talk)
    {
        Assert.True(talk.IsAnswered);
        return (talk.Attempts, talk.Sent.TryGetProperty("reasoning_effort", out var effort) ? effort.GetString() : null);
    }

    private static Deployment Known(string family, string? apiVersion = null) => Rewritten.Deployment(new DeploymentOptions { Name = family, ApiVersion = apiVersion });

    private static Deployment Unknown(string family) => Rewritten.Deployment(new DeploymentOptions { Name = family, Model = "a-model-of-tomorrow" });

    /// <summary>A turn as it goes with one deployment.</summary>
    private async Task<(int Attempts, bool IsAnswered, JsonElement Sent)> TalkAsync(Deployment deployment, string json, CallerProfile profile = CallerProfile.Voice)
    {
        var request = Rewritten.Read($"{{{json}}}");
        var path = deployment.IsV1 ? V1 : $"/openai/deployments/{deployment.Name}/chat/completions?api-version=2024-10-21";
        var drops = default(TurnDrops);
        for (var attempts = 1; ; attempts++)
        {
            var context = new RewriteContext { Profile = profile, MaxCompletionTokens = profile == CallerProfile.Voice ? 1500 : 0, ConversationId = "conv_1", EndUserKey = "k"u8.ToArray(), Drops = drops };
            var (body, sent) = Rewritten.Of(request, deployment, context);
            using var response = await PostAsync(body, path);
            var answer = await response.Content.ReadAsStringAsync(Ct);
            var isRefused = response.StatusCode == HttpStatusCode.BadRequest;
            Assert.True(isRefused || response.IsSuccessStatusCode);
            Assert.True(attempts < 10, "It would go on for ever.");
            if (isRefused && deployment.Learned.TryLearn(UpstreamError.Parse(Encoding.UTF8.GetBytes(answer)), request, sent, ref drops)) continue;
            return (attempts, !isRefused, Parse(body));
        }
    }
}
