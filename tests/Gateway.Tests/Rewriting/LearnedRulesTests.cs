using Gateway.Options;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Rewriting;

public sealed class LearnedRulesTests : IDisposable
{
    private const string M = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
    private const string ToolsWithEffort = "Function tools with reasoning_effort are not supported for m in /v1/chat/completions.";

    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private TurnDrops _drops;

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Parameters_AreThoseThatAnAnswerCanDoWithout()
    {
        string[] expected =
        [
            "temperature", "top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias", "seed",
            "max_tokens", "max_completion_tokens", "reasoning_effort", "verbosity", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options",
            "stream_options", "parallel_tool_calls", "service_tier", "user", "safety_identifier", "metadata", "elevenlabs_extra_body",
        ];

        Assert.Equal(expected.Order(), Enum.GetValues<Field>().Where(LearnedRules.Parameters.Contains).Select(field => field.Name).Order());
    }

    [Theory]
    [InlineData("\"temperature\":0,", "temperature")]
    [InlineData("\"seed\":1,", "seed")]
    [InlineData("\"verbosity\":\"low\",", "verbosity")]
    [InlineData("\"service_tier\":\"priority\",", "service_tier")]
    [InlineData("\"parallel_tool_calls\":true,", "parallel_tool_calls")]
    [InlineData("\"prompt_cache_retention\":\"24h\",", "prompt_cache_retention")]
    [InlineData("\"prompt_cache_options\":{},", "prompt_cache_options")]
    [InlineData("\"prompt_cache_key\":\"k\",", "prompt_cache_key")]
    [InlineData("\"stream\":false,\"stream_options\":{},", "stream_options", "\"stream\":false,")]
    [InlineData("\"user\":\"u\",", "user")]
    [InlineData("\"safety_identifier\":\"u\",", "safety_identifier")]
    [InlineData("\"reasoning_effort\":\"low\",", "reasoning_effort")]
    public void Learn_AParameterThatIsRefused_IsDroppedFromThenOn(string fields, string parameter, string rest = "")
    {
        var deployment = Deployment();

        Assert.True(Refuse(deployment, fields + M, Unsupported(parameter)));

        Assert.Equal(Body(rest + M), Send(deployment, fields + M).Body);
        Assert.Equal(0UL, _drops.Fields.Bits);
        Assert.Equal([$"{parameter} is dropped"], deployment.Learned.Describe());
    }

    [Theory]
    [InlineData("reasoning_effort")]
    [InlineData("prompt_cache_key")]
    [InlineData("stream_options")]
    [InlineData("safety_identifier")]
    public void Learn_AParameterOfOursThatIsRefused_IsNotAddedAnyMore(string parameter)
    {
        var deployment = Deployment("gpt-5.1", apiVersion: null);
        const string Json = "\"stream\":true,\"user_id\":\"u\"," + M;
        Assert.Contains($"\"{parameter}\"", Send(deployment, Json).Body, StringComparison.Ordinal);

        Assert.True(Refuse(deployment, Json, new UpstreamError("invalid_request_error", null, null, $"Unrecognized request argument supplied: {parameter}")));

        Assert.DoesNotContain($"\"{parameter}\"", Send(deployment, Json).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max_tokens", "max_completion_tokens")]
    [InlineData("max_completion_tokens", "max_tokens")]
    public void Learn_ACapThatIsRefused_GoesUnderItsOtherNameUntilThatIsRefusedAsWell(string refused, string other)
    {
        var deployment = Deployment();
        var json = $"\"{refused}\":100,{M}";

        Assert.True(Refuse(deployment, json, Unsupported(refused)));
        Assert.Equal(Body($"\"{other}\":100,{M}"), Send(deployment, json).Body);
        Assert.Equal([$"{refused} is sent as {other}"], deployment.Learned.Describe());
        // With both there, the one of that name stays.
        Assert.Equal(Body($"\"{other}\":50,{M}"), Send(deployment, $"\"{refused}\":100,\"{other}\":50,{M}").Body);

        Assert.True(Refuse(deployment, json, Unsupported(other)));
        Assert.Equal(Body(M), Send(deployment, json).Body);
        Assert.Equal(Body(M), Send(deployment, $"\"{other}\":100,{M}").Body);
    }

    [Fact]
    public void Learn_TheCapOfAReasoningModelThatIsRefused_EndsWithoutOne()
    {
        var deployment = Deployment("gpt-5.1");
        const string Json = "\"max_tokens\":100," + M;

        Assert.True(Refuse(deployment, Json, new UpstreamError(null, null, null, "Unrecognized request argument supplied: max_completion_tokens"), CallerProfile.Api));
        Assert.Equal(Body("\"max_tokens\":100," + M), Send(deployment, Json, CallerProfile.Api).Body);
        Assert.True(Refuse(deployment, Json, Unsupported("max_tokens"), CallerProfile.Api));
        Assert.Equal(Body(M), Send(deployment, Json, CallerProfile.Api).Body);
        Assert.Equal(Body(M), Send(deployment, M, CallerProfile.Api, limit: 100).Body);
    }

    [Fact]
    public void Learn_TheCapOfAVoiceCallerThatIsRefused_GoesUnderItsOtherName()
    {
        var deployment = Deployment();
        Assert.Equal(Body(M + ",\"max_completion_tokens\":1500"), Send(deployment, M, limit: 1500).Body);

        var (_, sent) = Send(deployment, M, limit: 1500);
        Assert.True(deployment.Learned.TryLearn(Unsupported("max_completion_tokens"), Request(M), sent, ref _drops));

        Assert.Equal(Body(M + ",\"max_tokens\":1500"), Send(deployment, M, limit: 1500).Body);
    }

    [Fact]
    public void Learn_SeveralParameters_AllOrNone()
    {
        var deployment = Deployment();
        const string Json = "\"temperature\":0,\"seed\":1,\"foo\":2," + M;

        Assert.False(Refuse(deployment, Json, new UpstreamError(null, null, null, "Unrecognized request arguments supplied: temperature, foo")));
        Assert.Empty(deployment.Learned.Describe());
        Assert.True(Refuse(deployment, Json, new UpstreamError(null, null, null, "Unrecognized request arguments supplied: temperature, seed")));

        Assert.Equal(Body("\"foo\":2," + M), Send(deployment, Json).Body);
    }

    [Theory]
    [InlineData("\"temperature\":0,", "top_p", "it was not sent")]
    [InlineData("\"user_id\":\"u\",", "user_id", "it is never sent")]
    [InlineData("\"elevenlabs_extra_body\":{\"temperature\":0},", "temperature", "it is not sent with this")]
    [InlineData("\"foo\":0,", "foo", "the caller's own mistake")]
    [InlineData("\"n\":2,", "n", "the answer depends on it")]
    [InlineData("\"tools\":[{}],\"tool_choice\":\"auto\",", "tool_choice", "the answer depends on it")]
    public void Learn_WhatIsNotOfTheListOrWasNotSent_IsNot(string fields, string parameter, string why)
    {
        var deployment = Deployment();

        Assert.False(Refuse(deployment, fields + M, Unsupported(parameter)), why);
        Assert.False(Refuse(deployment, fields + M, new UpstreamError(null, null, null, $"Unrecognized request argument supplied: {parameter}")), why);
        Assert.False(Refuse(deployment, fields + M, new UpstreamError(null, "unsupported_value", parameter, null)), why);

        Assert.Empty(deployment.Learned.Describe());
        Assert.Equal(0UL, _drops.Fields.Bits);
    }

    [Theory]
    [InlineData("\"temperature. Please contact us\":1", "Unrecognized request argument supplied: temperature. Please contact us")]
    [InlineData("\"temperature, seed\":1,\"seed, temperature\":1", "Unrecognized request arguments supplied: temperature, seed, seed, temperature")]
    public void Learn_FromNamesThatTheCallerMadeUp_IsNot(string fields, string message)
    {
        var deployment = Deployment();

        Assert.False(Refuse(deployment, $"\"temperature\":0,\"seed\":1,{fields},{M}", new UpstreamError(null, null, null, message)));

        Assert.Empty(deployment.Learned.Describe());
    }

    [Fact]
    public void Learn_AValueOfTheCallers_IsDroppedForThisTurnOnly()
    {
        var deployment = Deployment();
        const string Json = "\"temperature\":0,\"seed\":1," + M;

        Assert.True(Refuse(deployment, Json, UnsupportedValue("temperature", "'temperature' does not support 0 with this model. Only the default (1) value is supported.")));

        Assert.Equal(Body("\"seed\":1," + M), Send(deployment, Json).Body);
        Assert.Empty(deployment.Learned.Describe());
        Assert.Empty(_log.Records);
        _drops = default;
        Assert.Equal(Body(Json), Send(deployment, Json).Body);
    }

    [Fact]
    public void Learn_AnEffortOfAVoiceCallersThatIsRefused_GivesWayToTheLowestForThisTurn()
    {
        var deployment = Deployment("gpt-5.1");
        const string Json = "\"reasoning_effort\":\"minimal\"," + M;

        Assert.True(Refuse(deployment, Json, UnsupportedValue("reasoning_effort", "'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'none', 'low'.")));

        Assert.Equal(Body(M + ",\"reasoning_effort\":\"none\""), Send(deployment, Json).Body);
        Assert.Empty(deployment.Learned.Describe());
    }

    [Theory]
    [InlineData("unsupported_value", "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'low', 'medium', 'high', and 'xhigh'.", "low")]
    [InlineData("unsupported_value", "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'medium'.", "medium")]
    [InlineData("unsupported_value", "Unsupported value: 'none' is not supported with the 'm' model. Supported values are: 'high', 'low' and 'minimal'.", "minimal")]
    [InlineData("invalid_value", "Invalid value: 'none'. Supported values are: 'low', 'medium', and 'high'.", "low")]
    public void Learn_AnEffortOfOursThatIsRefused_BecomesTheLowestThatIsNamed(string code, string message, string effort)
    {
        var deployment = Deployment("gpt-5.1");

        Assert.True(Refuse(deployment, M, new UpstreamError(null, code, "reasoning_effort", message)));

        Assert.Equal(Body($"{M},\"reasoning_effort\":\"{effort}\""), Send(deployment, M).Body);
        Assert.Equal(Body($"\"reasoning_effort\":\"high\",{M}"), Send(deployment, "\"reasoning_effort\":\"high\"," + M).Body);
        Assert.Equal(Body(M), Send(deployment, M, CallerProfile.Api).Body);
        Assert.Equal([$"reasoning_effort is '{effort}' at the lowest"], deployment.Learned.Describe());
        Assert.Equal(0UL, _drops.Fields.Bits);
    }

    [Theory]
    [InlineData("Unsupported value: 'reasoning_effort' does not support 'none' with this model.")]
    [InlineData("Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'none'.")]
    [InlineData("Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'a', 'b'.")]
    public void Learn_AnEffortOfOursThatIsRefusedWithoutAnother_IsDropped(string message)
    {
        var deployment = Deployment("gpt-5.1");

        Assert.True(Refuse(deployment, M, new UpstreamError(null, "unsupported_value", "reasoning_effort", message)));

        Assert.Equal(Body(M), Send(deployment, M).Body);
    }

    [Fact]
    public void Learn_AnInvalidValueOfTheCallers_IsNot()
    {
        var deployment = Deployment("gpt-5.1");

        Assert.False(Refuse(deployment, "\"reasoning_effort\":\"bogus\"," + M, new UpstreamError(null, "invalid_value", "reasoning_effort", "Invalid value: 'bogus'. Supported values are: 'low'.")));

        Assert.Equal(0UL, _drops.Fields.Bits);
        Assert.Empty(deployment.Learned.Describe());
    }

    [Fact]
    public void Learn_ToolsRefusedWithAnEffort_SendsNoneAndThenNothingAndThenGivesUp()
    {
        var deployment = Deployment();
        const string Json = M + ",\"tools\":[{}]";

        Assert.True(Refuse(deployment, Json, new UpstreamError(null, null, "reasoning_effort", ToolsWithEffort)));
        Assert.Equal(Body(Json + ",\"reasoning_effort\":\"none\""), Send(deployment, Json).Body);
        Assert.Equal(Body(M), Send(deployment, M).Body);
        Assert.Equal(["reasoning_effort is 'none' with tools"], deployment.Learned.Describe());

        // github.com/agentgateway/agentgateway/pull/2894
        Assert.True(Refuse(deployment, Json, new UpstreamError(null, null, "reasoning_effort", ToolsWithEffort)));
        Assert.Equal(Body(Json), Send(deployment, Json).Body);
        Assert.Equal(Body(Json), Send(deployment, Json + ",\"reasoning_effort\":\"none\"", CallerProfile.Api).Body);
        Assert.Equal(["reasoning_effort is dropped with tools"], deployment.Learned.Describe());

        Assert.False(Refuse(deployment, Json, new UpstreamError(null, null, "reasoning_effort", ToolsWithEffort)));
        Assert.Equal(["reasoning_effort is dropped with tools"], deployment.Learned.Describe());
    }

    [Fact]
    public void Learn_ToolsRefusedWithTheNoneOfTheFamily_SendsNothing()
    {
        var deployment = Deployment("gpt-5.4");
        const string Json = M + ",\"tools\":[{}]";

        Assert.True(Refuse(deployment, Json, new UpstreamError(null, null, "reasoning_effort", ToolsWithEffort)));

        Assert.Equal(Body(Json), Send(deployment, Json).Body);
        Assert.Equal(Body(M + ",\"reasoning_effort\":\"none\""), Send(deployment, M).Body);
    }

    [Fact]
    public void Learn_ToolsRefusedWithAnEffortByAModelThatMustReason_GivesUpAfterTwoMore()
    {
        var deployment = Deployment("gpt-6.1-sol");
        const string Json = M + ",\"tools\":[{}]";
        var none = UnsupportedValue("reasoning_effort", "'reasoning_effort' does not support 'none' with this model. Supported values are: 'low', and 'high'.");

        Assert.True(Refuse(deployment, Json, none));
        Assert.Equal(Body(Json + ",\"reasoning_effort\":\"low\""), Send(deployment, Json).Body);
        Assert.True(Refuse(deployment, Json, new UpstreamError(null, null, "reasoning_effort", ToolsWithEffort)));
        Assert.Equal(Body(Json), Send(deployment, Json).Body);
        Assert.False(Refuse(deployment, Json, new UpstreamError(null, null, "reasoning_effort", ToolsWithEffort)));
        // Without an effort of ours there is nothing left to try from the start.
        Assert.Equal(Body(Json), Send(deployment, Json, CallerProfile.Api).Body);
        Assert.False(Refuse(deployment, Json, new UpstreamError(null, null, "reasoning_effort", ToolsWithEffort), CallerProfile.Api));
    }

    [Fact]
    public void Learn_ToolsRefusedWithTheEffortOfACaller_GivesWayForVoiceAndGoesBackToAnApiCaller()
    {
        var deployment = Deployment();
        const string Json = "\"reasoning_effort\":\"low\"," + M + ",\"tools\":[{}]";

        Assert.False(Refuse(deployment, Json, new UpstreamError(null, null, "reasoning_effort", ToolsWithEffort), CallerProfile.Api));
        Assert.Empty(deployment.Learned.Describe());
        Assert.True(Refuse(deployment, Json, new UpstreamError(null, null, "reasoning_effort", ToolsWithEffort)));

        Assert.Equal(Body(M + ",\"tools\":[{}],\"reasoning_effort\":\"none\""), Send(deployment, Json).Body);
        Assert.Equal(Body(Json), Send(deployment, Json, CallerProfile.Api).Body);
    }

    [Fact]
    public void Learn_ToolsRefusedWhereThereAreNone_IsNot() =>
        Assert.False(Refuse(Deployment(), "\"reasoning_effort\":\"low\"," + M, new UpstreamError(null, null, "reasoning_effort", ToolsWithEffort)));

    [Fact]
    public void Learn_TurnsSideBySide_AllTryAgainAndOneLineIsLogged()
    {
        var deployment = Deployment();
        const string Json = "\"top_p\":1," + M;
        var sent = Enumerable.Range(0, 3).Select(_ => Send(deployment, Json).Sent).ToArray();

        Assert.All(sent, one => Assert.True(deployment.Learned.TryLearn(Unsupported("top_p"), Request(Json), one, ref _drops)));

        var line = Assert.Single(_log.Records);
        Assert.Equal("Deployment dep refused a parameter. For the next 24 h: top_p is dropped.", line.Message);
        Assert.Single(deployment.Learned.Describe());
    }

    [Fact]
    public void Rule_After24Hours_IsForgottenAndLearnedAnew()
    {
        var deployment = Deployment();
        const string Json = "\"top_p\":1,\"seed\":1," + M;
        Assert.True(Refuse(deployment, Json, Unsupported("top_p")));
        _time.Advance(TimeSpan.FromHours(23));
        Assert.True(Refuse(deployment, Json, Unsupported("seed")));

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(Body(M), Send(deployment, Json).Body);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Body("\"top_p\":1," + M), Send(deployment, Json).Body);
        Assert.Equal(["seed is dropped"], deployment.Learned.Describe());

        Assert.True(Refuse(deployment, Json, Unsupported("top_p")));
        Assert.Equal(3, _log.Records.Count);
        Assert.Equal(Body(M), Send(deployment, Json).Body);
    }

    [Fact]
    public void Rules_OfAllParameters_AreAtMost32AndHoldTogether()
    {
        var deployment = Deployment();
        // The extra body goes to agents alone.
        Field[] parameters = [.. Enum.GetValues<Field>().Where(LearnedRules.Parameters.Contains).Where(static field => field != Field.ElevenLabsExtraBody)];
        var json = string.Join(',', parameters.Select(field => $"\"{field.Name}\":{(field == Field.StreamOptions ? "{}" : "1")}")) + ",\"tools\":[{}]," + M;

        Assert.True(Refuse(deployment, json, new UpstreamError(null, null, null, ToolsWithEffort)));
        foreach (var field in parameters.Where(field => field is not (Field.MaxTokens or Field.MaxCompletionTokens))) Assert.True(Refuse(deployment, json, Unsupported(field.Name)), field.Name);
        Assert.True(Refuse(deployment, json, Unsupported("max_tokens")));
        Assert.True(Refuse(deployment, json, Unsupported("max_completion_tokens")));

        Assert.Equal(Body("\"tools\":[{}]," + M), Send(deployment, json).Body);
        Assert.InRange(deployment.Learned.Describe().Count(), parameters.Length, 32);
    }

    [Fact]
    public void Rules_OfOneDeployment_AreNotAnothers()
    {
        var (one, other) = (Deployment(), Deployment());

        Assert.True(Refuse(one, "\"seed\":1," + M, Unsupported("seed")));

        Assert.Equal(Body("\"seed\":1," + M), Send(other, "\"seed\":1," + M).Body);
        Assert.Empty(other.Learned.Describe());
    }

    /// <summary>A deployment of the unknown family unless another is named, on a dated path unless v1 is asked for by null.</summary>
    private Deployment Deployment(string model = "a-model-of-tomorrow", string? apiVersion = "2025-04-01") =>
        new(new DeploymentOptions { Name = "dep", Model = model, ApiVersion = apiVersion }, null!, _time, _log.CreateLogger("test"));

    private (string Body, SentFields Sent) Send(Deployment deployment, string fields, CallerProfile profile = CallerProfile.Voice, int limit = 0) => Rewritten.Of(
        Request(fields), deployment, new RewriteContext { Profile = profile, MaxCompletionTokens = limit, EndUserKey = "a key"u8.ToArray(), Drops = _drops });

    /// <summary>Sends, is refused, and says whether to try again.</summary>
    private bool Refuse(Deployment deployment, string fields, UpstreamError error, CallerProfile profile = CallerProfile.Voice) =>
        deployment.Learned.TryLearn(error, Request(fields), Send(deployment, fields, profile).Sent, ref _drops);

    private static ChatRequest Request(string fields) => Rewritten.Read($"{{\"model\":\"x\",{fields}}}");

    private static string Body(string fields) => $"{{\"model\":\"dep\",{fields}}}";

    private static UpstreamError Unsupported(string parameter) =>
        new("invalid_request_error", "unsupported_parameter", parameter, $"Unsupported parameter: '{parameter}' is not supported with this model.");

    private static UpstreamError UnsupportedValue(string parameter, string message) => new("invalid_request_error", "unsupported_value", parameter, "Unsupported value: " + message);
}
