using Gateway.Options;
using Gateway.Rewriting;

namespace Gateway.Tests.Rewriting;

/// <summary>Efforts, sampling parameters and caps, by the family of the model. All on a dated path, which has no <c>prompt_cache_key</c>.</summary>
public sealed class ReasoningGuardTests
{
    private const string M = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
    private const string Tools = ",\"tools\":[{}]";
    private const string Plain = "gpt-4o";
    private const string Unknown = "a-model-of-tomorrow";
    private const string All = ",\"temperature\":0,\"top_p\":0.5,\"presence_penalty\":0,\"frequency_penalty\":0,\"logprobs\":true,\"top_logprobs\":2";
    private const string LogitBias = ",\"logit_bias\":{\"1\":1}";

    [Theory]
    [InlineData("o4-mini", "", ",\"reasoning_effort\":\"low\"")]
    [InlineData("gpt-5", "", ",\"reasoning_effort\":\"minimal\"")]
    [InlineData("gpt-5-mini", Tools, ",\"reasoning_effort\":\"minimal\"")]
    [InlineData("gpt-5-nano", "", ",\"reasoning_effort\":\"minimal\"")]
    [InlineData("gpt-5.1", "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5.2", "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5.3", "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5.4", "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5.4-mini", "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("GPT-5.4-nano", "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5.5", "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5.7-mini", "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-6-sol", "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5-chat", "", "")]
    [InlineData("gpt-5.1-chat", "", "")]
    [InlineData("gpt-5.2-chat", Tools, "")]
    [InlineData(Plain, "", "")]
    [InlineData(Unknown, "", "")]
    public void Effort_OfAVoiceCallerWhoSetNone_IsTheLowestOfTheFamily(string model, string fields, string added) =>
        Assert.Equal(Model($"{M}{fields}{added}"), Voice($"{M}{fields}", model));

    [Theory]
    [InlineData("o4-mini", "\"medium\"")]
    [InlineData("gpt-5-mini", "\"low\"")]
    [InlineData("gpt-5.1", "\"high\"")]
    [InlineData("gpt-5.4-mini", "\"low\"")]
    [InlineData(Unknown, "\"low\"")]
    public void Effort_ThatAVoiceCallerSet_Stays(string model, string effort) =>
        Assert.Equal(Model($"\"reasoning_effort\":{effort},{M}"), Voice($"\"reasoning_effort\":{effort},{M}", model));

    [Theory]
    [InlineData("gpt-5.1", "")]
    [InlineData("gpt-5-mini", "")]
    [InlineData("o4-mini", Tools)]
    [InlineData("gpt-5.1", Tools)]
    [InlineData("gpt-5.4-mini", ",\"tools\":[]")]
    public void Effort_OfAnApiCaller_IsTheCallersOwn(string model, string fields) => Assert.Equal(Model($"{M}{fields}"), Api($"{M}{fields}", model));

    [Theory]
    [InlineData("gpt-5.4-mini")]
    [InlineData("gpt-5.5")]
    [InlineData("gpt-5.6-sol")]
    [InlineData("gpt-6-sol")]
    public void Effort_WithToolsWhereTheFamilyRefusesBoth_IsExplicitlyNone(string model)
    {
        Assert.Equal(Model($"{M}{Tools},\"reasoning_effort\":\"none\""), Voice($"{M}{Tools}", model));
        Assert.Equal(Model($"{M}{Tools},\"reasoning_effort\":\"none\""), Api($"{M}{Tools}", model));
        // A voice caller's own gives way, or every turn of the call would fail. An api caller is told.
        Assert.Equal(Model($"{M}{Tools},\"reasoning_effort\":\"none\""), Voice($"\"reasoning_effort\":\"low\",{M}{Tools}", model));
        Assert.Equal(Model($"\"reasoning_effort\":\"low\",{M}{Tools}"), Api($"\"reasoning_effort\":\"low\",{M}{Tools}", model));
        Assert.Equal(Model($"\"reasoning_effort\" : \"none\",{M}{Tools}"), Voice($"\"reasoning_effort\" : \"none\",{M}{Tools}", model));
    }

    [Theory]
    [InlineData("gpt-4.1")]
    [InlineData("gpt-5-chat")]
    public void Effort_ForAModelThatTakesNone_IsDropped(string model)
    {
        Assert.Equal(Model(M), Api($"\"reasoning_effort\":\"low\",{M}", model));
        Assert.Equal(Model(M), Voice($"\"reasoning_effort\":\"low\",{M}", model));
    }

    [Fact]
    public void Effort_Null_CountsAsNotSet()
    {
        Assert.Equal(Model($"{M},\"reasoning_effort\":\"none\""), Voice($"\"reasoning_effort\":null,{M}", "gpt-5.1"));
        // Azure refuses a null: github.com/livekit/agents/pull/3966.
        Assert.Equal(Model(M), Api($"\"reasoning_effort\":null,{M}", "gpt-5.1"));
    }

    [Theory]
    [InlineData("o3-mini", CallerProfile.Voice, "", "")]
    [InlineData("gpt-5-mini", CallerProfile.Voice, "", "")]
    [InlineData("gpt-5-mini", CallerProfile.Api, "", "")]
    [InlineData("gpt-5.1-chat", CallerProfile.Voice, "", "")]
    [InlineData("gpt-5.1", CallerProfile.Api, "\"low\"", "")]
    [InlineData("gpt-5.4-mini", CallerProfile.Voice, "\"low\"", "")]
    [InlineData("gpt-5.5", CallerProfile.Api, "", "")]
    [InlineData("gpt-6-sol", CallerProfile.Api, "", "")]
    [InlineData("gpt-5.1", CallerProfile.Api, "", All)]
    [InlineData("gpt-5.2", CallerProfile.Api, "\"none\"", All)]
    [InlineData("gpt-5.4", CallerProfile.Voice, "", All)]
    [InlineData("gpt-5.4-mini", CallerProfile.Voice, "", All)]
    [InlineData("gpt-5.5", CallerProfile.Api, "\"none\"", All)]
    [InlineData("gpt-6-sol", CallerProfile.Voice, "", All)]
    [InlineData("gpt-5-chat", CallerProfile.Voice, "", All + LogitBias)]
    [InlineData(Plain, CallerProfile.Voice, "", All + LogitBias)]
    [InlineData(Unknown, CallerProfile.Voice, "", All + LogitBias)]
    public void Sampling_IsDroppedWhereTheFamilyRefusesItAtThatEffort(string model, CallerProfile profile, string effort, string kept)
    {
        var own = effort.Length == 0 ? "" : $",\"reasoning_effort\":{effort}";

        var rewritten = Rewrite($"{M}{All}{LogitBias}{own},\"stop\":[\"x\"]", model, profile);

        var begin = Model($"{M}{kept}{own},\"stop\":[\"x\"]")[..^1];
        Assert.StartsWith(begin, rewritten, StringComparison.Ordinal);
        Assert.Contains(rewritten[begin.Length..], (string[])["}", ",\"reasoning_effort\":\"none\"}", ",\"reasoning_effort\":\"minimal\"}", ",\"reasoning_effort\":\"low\"}"]);
    }

    [Fact]
    public void Sampling_AtAnEffortThatGaveWayToTools_IsTaken() => Assert.Equal(
        Model($"\"temperature\":0,{M}{Tools},\"reasoning_effort\":\"none\""), Voice($"\"temperature\":0,\"reasoning_effort\":\"low\",{M}{Tools}", "gpt-5.4-mini"));

    [Theory]
    [InlineData("o1")]
    [InlineData("o3-mini")]
    [InlineData("o4-mini")]
    public void ParallelToolCalls_OfAFamilyThatHasNone_AreDropped(string model) => Assert.Equal(Model($"{M}{Tools}"), Api($"\"parallel_tool_calls\":false,{M}{Tools}", model));

    [Theory]
    [InlineData("\"max_tokens\":100", Plain, "\"max_tokens\":100")]
    [InlineData("\"max_tokens\":1e2", "gpt-5.4-mini", "\"max_completion_tokens\":1e2")]
    [InlineData("\"max_tokens\": 100", "o3-mini", "\"max_completion_tokens\":100")]
    [InlineData("\"max_tokens\":0", "gpt-5.4-mini", "")]
    [InlineData("\"max_tokens\":-1", "gpt-5.4-mini", "")]
    [InlineData("\"max_tokens\":-1e9", Plain, "")]
    [InlineData("\"max_tokens\":100,\"max_completion_tokens\":50", "gpt-5.4-mini", "\"max_completion_tokens\":50")]
    [InlineData("\"max_tokens\":100,\"max_completion_tokens\":-1", "gpt-5.4-mini", "\"max_completion_tokens\":100")]
    [InlineData("\"max_tokens\":90000", "gpt-5.4-mini", "\"max_completion_tokens\":90000")]
    [InlineData("\"max_completion_tokens\":10,\"reasoning_effort\":\"high\"", "gpt-5.5", "\"max_completion_tokens\":10,\"reasoning_effort\":\"high\"")]
    [InlineData("\"max_tokens\":90000", Unknown, "\"max_tokens\":90000")]
    public void Cap_OfAnApiCallerWithoutALimit_KeepsItsValueUnderTheNameOfTheFamily(string fields, string model, string expected) =>
        Assert.Equal(Model($"{expected}{(expected.Length > 0 ? "," : "")}{M}"), Api($"{fields},{M}", model));

    [Theory]
    [InlineData("\"max_tokens\":5000,", "gpt-5.4-mini", "\"max_completion_tokens\":1500,", "")]
    [InlineData("\"max_completion_tokens\" : 5000,", "gpt-5.4-mini", "\"max_completion_tokens\":1500,", "")]
    [InlineData("\"max_tokens\":5e3,", Plain, "\"max_tokens\":1500,", "")]
    [InlineData("\"max_tokens\":5000,", Unknown, "\"max_tokens\":1500,", "")]
    [InlineData("\"max_tokens\":5000,\"max_completion_tokens\":4000,", Plain, "\"max_tokens\":1500,\"max_completion_tokens\":1500,", "")]
    [InlineData("\"max_tokens\":1e300,", "gpt-5.1", "\"max_completion_tokens\":1500,", "")]
    [InlineData("\"max_tokens\":1500,", "gpt-5.1", "\"max_completion_tokens\":1500,", "")]
    [InlineData("\"max_tokens\":70,", "gpt-5.1", "\"max_completion_tokens\":70,", "")]
    [InlineData("", "gpt-5.1", "", ",\"max_completion_tokens\":1500")]
    [InlineData("", Plain, "", ",\"max_tokens\":1500")]
    [InlineData("", "gpt-5-chat", "", ",\"max_completion_tokens\":1500")]
    [InlineData("", Unknown, "", ",\"max_completion_tokens\":1500")]
    [InlineData("\"max_tokens\":-1,", "gpt-5.1", "", ",\"max_completion_tokens\":1500")]
    [InlineData("\"max_tokens\":0,\"max_completion_tokens\":null,", Plain, "", ",\"max_tokens\":1500")]
    public void Cap_OfAVoiceCaller_IsAtMostTheLimitAndAlwaysThere(string fields, string model, string expected, string added)
    {
        var rewritten = Voice($"{fields}{M}", model, limit: 1500);

        Assert.Equal(Model($"{expected}{M}{added}"), rewritten.Replace(",\"reasoning_effort\":\"none\"", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"max_tokens\":100,", "gpt-5-mini", 1500, "\"max_completion_tokens\":1000,")]
    [InlineData("\"max_tokens\":1200,", "gpt-5-mini", 1500, "\"max_completion_tokens\":1200,")]
    [InlineData("\"max_tokens\":5000,", "gpt-5-mini", 1500, "\"max_completion_tokens\":1500,")]
    [InlineData("\"max_tokens\":5000,", "gpt-5-mini", 300, "\"max_completion_tokens\":1000,")]
    [InlineData("\"max_tokens\":100,\"reasoning_effort\":\"low\",", "gpt-5.4-mini", 1500, "\"max_completion_tokens\":1000,\"reasoning_effort\":\"low\",")]
    [InlineData("\"max_tokens\":100,\"reasoning_effort\":\"low\",", Unknown, 1500, "\"max_tokens\":1000,\"reasoning_effort\":\"low\",")]
    [InlineData("\"max_tokens\":100,\"reasoning_effort\":\"none\",", "gpt-5.4-mini", 1500, "\"max_completion_tokens\":100,\"reasoning_effort\":\"none\",")]
    [InlineData("\"max_tokens\":100,", "gpt-5.1-chat", 1500, "\"max_completion_tokens\":1000,")]
    [InlineData("\"max_tokens\":100,", Plain, 1500, "\"max_tokens\":100,")]
    [InlineData("\"max_tokens\":100,", Unknown, 1500, "\"max_tokens\":100,")]
    public void Cap_OfAVoiceCallerWhileTheModelReasons_IsAtLeast1000(string fields, string model, int limit, string expected)
    {
        var rewritten = Voice($"{fields}{M}", model, limit);

        Assert.Equal(Model($"{expected}{M}"), rewritten.Replace($"{M},\"reasoning_effort\":\"minimal\"", M, StringComparison.Ordinal));
    }

    [Fact]
    public void Cap_OfAVoiceCallerWithoutOneWhileTheModelReasons_IsAtLeast1000() =>
        Assert.Equal(Model($"{M},\"max_completion_tokens\":1000,\"reasoning_effort\":\"minimal\""), Voice(M, "gpt-5", limit: 400));

    [Fact]
    public void Cap_OfAnApiCallerWithALimit_IsAtMostThatAlsoWhileTheModelReasons()
    {
        Assert.Equal(Model($"\"max_completion_tokens\":300,{M}"), Rewrite($"\"max_tokens\":5000,{M}", "gpt-5", CallerProfile.Api, limit: 300));
        Assert.Equal(Model($"{M},\"max_completion_tokens\":300"), Rewrite(M, "gpt-5", CallerProfile.Api, limit: 300));
    }

    private static string Model(string rest) => $"{{\"model\":\"dep\",{rest}}}";

    private static string Voice(string fields, string model, int limit = 0) => Rewrite(fields, model, CallerProfile.Voice, limit);

    private static string Api(string fields, string model) => Rewrite(fields, model, CallerProfile.Api);

    private static string Rewrite(string fields, string model, CallerProfile profile, int limit = 0) => Rewritten.Of(
        $"{{\"model\":\"x\",{fields}}}",
        new DeploymentOptions { Name = "dep", Model = model, ApiVersion = "2025-04-01" },
        new RewriteContext { Profile = profile, MaxCompletionTokens = limit });
}
