using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Tests.Memory;
using Gateway.Tools;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Tools;

/// <summary>Tools over the wire, with the memory behind them.</summary>
public sealed class ToolTests : IAsyncLifetime
{
    private ToolHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ToolHost.StartAsync(ToolHost.AddTools);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("""{"name":"preferred_name","value":"Änne"}""", "{}")]
    [InlineData(
        """{"tool_call_id":"call_1","tool_name":"remember","parameters":{"name":"preferred_name","value":"Änne"},"conversation_id":"conv_1"}""",
        """{"tool_call_id":"call_2","tool_name":"recall","parameters":{},"conversation_id":"conv_1"}""")]
    public async Task Fact_Remembered_IsRecalled_InBothForms(string remember, string recall)
    {
        var token = ToolHost.Signed();

        var before = await _host.CallAsync("recall", recall, token);
        var remembered = await _host.CallAsync("remember", remember, token);
        var again = await _host.CallAsync("remember", remember, token);
        var known = await _host.CallAsync("recall", recall, token);

        Assert.Equal("""{"result":{"known":false,"message":"Nothing is known of this person."}}""", before.Body);
        Assert.Equal("""{"result":{"remembered":true}}""", remembered.Body);
        Assert.Equal(remembered.Body, again.Body);
        Assert.Equal("""{"known":true,"facts":{"preferred_name":"Änne"},"notes":["preferred_name: Änne"]}""", Result(known).GetRawText().Replace("\\u00C4", "Ä", StringComparison.Ordinal));
        Assert.Single(_host.Zep.Stored);
        Assert.StartsWith("application/json", known.Header("Content-Type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Number_Alone_RemembersAndRecallsLowRiskFactsOnly()
    {
        var token = _host.Phone();
        var key = _host.Gateway.Services.GetRequiredService<EndUserIds>().KeyOf("+4915112345678")!;
        var memory = _host.Gateway.Services.GetRequiredService<CallerMemories>().Of("voice")!;
        await memory.RememberAsync(new EndUser("voice", key, EndUserTrust.Signed), "diagnosis", "None of your business", TestContext.Current.CancellationToken);

        var language = await _host.CallAsync("remember", """{"name":"language","value":"de"}""", token);
        var address = await _host.CallAsync("remember", """{"name":"address","value":"Elsewhere 7"}""", token);
        var known = await _host.CallAsync("recall", "{}", token);

        Assert.True(Result(language).GetProperty("remembered").GetBoolean());
        Assert.False(Result(address).GetProperty("remembered").GetBoolean());
        Assert.Equal(HttpStatusCode.OK, address.Status);
        Assert.Equal("""{"known":true,"facts":{"language":"de"},"notes":[]}""", Result(known).GetRawText());
        Assert.DoesNotContain(_host.Zep.Stored, text => text.Contains("Elsewhere", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("user-1")]
    [InlineData("{{secret__end_user}}")]
    [InlineData("expired")]
    [InlineData("of another tenant")]
    public async Task Nobody_Identified_IsToldSoAndTheMemoryIsNotAsked(string? token)
    {
        token = token switch
        {
            "expired" => ToolHost.Signed(expires: TimeProvider.System.GetUtcNow().AddHours(-1)),
            "of another tenant" => ToolHost.Signed(tenant: "api"),
            _ => token,
        };

        var recalled = await _host.CallAsync("recall", "{}", token);
        var remembered = await _host.CallAsync("remember", """{"name":"language","value":"de"}""", token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (recalled.Status, remembered.Status));
        Assert.False(Result(recalled).GetProperty("known").GetBoolean());
        Assert.False(Result(remembered).GetProperty("remembered").GetBoolean());
        Assert.Empty(_host.Zep.Requests);
    }

    [Fact]
    public async Task EndUser_OfTheSameIdAtAnotherCaller_IsAnother()
    {
        await _host.CallAsync("remember", """{"name":"language","value":"de"}""", ToolHost.Signed());

        Assert.False(Result(await _host.CallAsync("recall", "{}", ToolHost.Signed(tenant: "api"), GatewayHost.ApiKey)).GetProperty("known").GetBoolean());
        Assert.False(Result(await _host.CallAsync("recall", "{}", ToolHost.Signed(), GatewayHost.ApiKey)).GetProperty("known").GetBoolean());
        Assert.False(Result(await _host.CallAsync("recall", "{}", ToolHost.Signed("user-2"))).GetProperty("known").GetBoolean());
        Assert.True(Result(await _host.CallAsync("recall", "{}", ToolHost.Signed())).GetProperty("known").GetBoolean());
    }

    [Theory]
    [InlineData("""{"end_user":"TOKEN"}""", null, true)]
    [InlineData("""{"tool_call_id":"c","parameters":{"end_user":"TOKEN"}}""", null, true)]
    [InlineData("""{"tool_call_id":"c","end_user":"TOKEN","parameters":{}}""", null, true)]
    [InlineData("""{"end_user":"TOKEN"}""", "another", false)]
    [InlineData("""{"end_user":"user-1"}""", null, false)]
    public async Task EndUser_AmongTheParameters_CountsWhereSignedAndTheHeaderSaysNothingElse(string body, string? header, bool isKnown)
    {
        await _host.CallAsync("remember", """{"name":"language","value":"de"}""", ToolHost.Signed());

        var known = await _host.CallAsync("recall", body.Replace("TOKEN", ToolHost.Signed(), StringComparison.Ordinal), header is null ? null : ToolHost.Signed(header));

        Assert.Equal(isKnown, Result(known).GetProperty("known").GetBoolean());
    }

    [Theory]
    [InlineData("remember", """{"value":"de"}""", "missing_required_parameter", "name")]
    [InlineData("remember", """{"name":"language"}""", "missing_required_parameter", "value")]
    [InlineData("remember", """{"name":"language","value":""}""", "missing_required_parameter", "value")]
    [InlineData("remember", """{"name":"language","value":null}""", "missing_required_parameter", "value")]
    [InlineData("remember", """{"name":"Preferred Name","value":"x"}""", "invalid_value", "name")]
    [InlineData("remember", """{"name":"a\n","value":"x"}""", "invalid_value", "name")]
    [InlineData("remember", """{"name":"LONG65","value":"x"}""", "invalid_value", "name")]
    [InlineData("remember", """{"name":"language","value":"LONG301"}""", "invalid_value", "value")]
    [InlineData("remember", """{"name":"language","value":["de"]}""", "invalid_type", "value")]
    [InlineData("remember", """{"tool_call_id":"c","tool_name":"recall","parameters":{"name":"language","value":"de"}}""", "invalid_value", "tool_name")]
    [InlineData("remember", """{"tool_call_id":"c","parameters":{}}""", "missing_required_parameter", "name")]
    [InlineData("add_up", """{"number":"7","count":1}""", "invalid_type", "number")]
    [InlineData("add_up", """{"number":1e999,"count":1}""", "invalid_type", "number")]
    [InlineData("add_up", """{"number":7,"count":1.5}""", "invalid_type", "count")]
    [InlineData("add_up", """{"number":7,"count":1,"is_rounded":"yes"}""", "invalid_type", "is_rounded")]
    [InlineData("add_up", """{"number":7,"count":1,"unit":"metres"}""", "invalid_value", "unit")]
    [InlineData("recall", "[]", "invalid_json", null)]
    [InlineData("recall", "nothing", "invalid_json", null)]
    [InlineData("recall", """{"a":1""", "invalid_json", null)]
    [InlineData("remember", """{"name":"language","value":"\ud800"}""", "invalid_json", null)]
    public async Task Body_ThatDoesNotFit_Is400AndNamesTheField(string tool, string body, string code, string? field)
    {
        body = body.Replace("LONG65", new string('a', 65), StringComparison.Ordinal).Replace("LONG301", new string('a', 301), StringComparison.Ordinal);

        var answer = await _host.CallAsync(tool, body, ToolHost.Signed());

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(code, answer.ErrorCode);
        Assert.Equal(field, answer.ErrorParam);
        Assert.Empty(_host.Zep.Requests);
    }

    [Fact]
    public async Task Body_TooLarge_Is413() =>
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _host.CallAsync("recall", $$"""{"x":"{{new string('x', 64 * 1024)}}"}""")).Status);

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task ContentType_Wrong_Is415(string contentType)
    {
        var answer = await _host.CallAsync("remember", """{"name":"language","value":"de"}""", ToolHost.Signed(), contentType: contentType);

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported_media_type"), (answer.Status, answer.ErrorCode));
        Assert.Empty(_host.Zep.Requests);
    }

    [Fact]
    public async Task Key_MissingOrWrong_Is401()
    {
        Assert.Equal("missing_api_key", (await _host.CallAsync("recall", "{}", key: null)).ErrorCode);
        Assert.Equal("invalid_api_key", (await _host.CallAsync("recall", "{}", key: "wrong")).ErrorCode);
        Assert.Equal("missing_api_key", (await GetAsync("tools/recall", key: null)).ErrorCode);
    }

    [Theory]
    [InlineData("nothing", GatewayHost.VoiceKey)]
    [InlineData("Recall", GatewayHost.VoiceKey)]
    [InlineData("x/recall", GatewayHost.VoiceKey)]
    [InlineData("add_up", GatewayHost.ApiKey)]
    public async Task Tool_UnknownOrNotTheCallers_Is404(string tool, string key)
    {
        var answer = await _host.CallAsync(tool, "{}", key: key);

        Assert.Equal((HttpStatusCode.NotFound, "unknown_tool"), (answer.Status, answer.ErrorCode));
        Assert.Equal("unknown_tool", (await GetAsync($"tools/{tool}", key)).ErrorCode);
    }

    [Fact]
    public async Task Tools_NotSwitchedOn_AreNotThere()
    {
        await using var host = await GatewayHost.StartAsync();
        using var call = new HttpRequestMessage(HttpMethod.Post, "tools/recall");
        using var schema = new HttpRequestMessage(HttpMethod.Get, "tools/recall");

        Assert.Equal("unknown_route", (await host.SendAsync(call)).ErrorCode);
        Assert.Equal("unknown_route", (await host.SendAsync(schema)).ErrorCode);
    }

    [Theory]
    [InlineData("503", "recall")]
    [InlineData("503", "remember")]
    [InlineData("not json", "recall")]
    public async Task Memory_Away_IsToldInWordsAndTheCallGoesOn(string fault, string tool)
    {
        _host.Zep.Fault = async context =>
        {
            context.Response.StatusCode = fault == "503" ? 503 : 200;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, fault, TestContext.Current.CancellationToken);
        };

        var answer = await _host.CallAsync(tool, """{"name":"language","value":"de"}""", ToolHost.Signed());

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.EndsWith("Go on without it.", Result(answer).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_ThatHangs_IsNotWaitedForLongerThanTwoSeconds()
    {
        var memory = new ScriptedMemory(static (_, _) => new TaskCompletionSource<Recollection>().Task);
        await using var host = await ToolHost.StartAsync(services => ToolHost.AddTools(services.AddSingleton<Func<MemoryOptions, IMemory>>(_ => memory)));

        var answer = host.CallAsync("recall", "{}", ToolHost.Signed());
        await memory.AskedAsync();
        host.Time.Advance(TimeSpan.FromSeconds(2.1));

        Assert.False(Result(await answer.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken)).GetProperty("known").GetBoolean());
    }

    [Fact]
    public async Task OwnTool_Called_GetsWhatItDeclares()
    {
        var full = """{"tool_call_id":"c","conversation_id":"conv_9","parameters":{"number":2.4,"count":3,"is_rounded":true,"unit":5}}""";

        Assert.Equal("""{"result":"voice - 0 False: 4.8 -"}""", (await _host.CallAsync("add_up", """{"number":2.4,"count":2,"other":[]}""")).Body);
        Assert.Equal("""{"result":"voice conv_9 64 True: 7 5"}""", (await _host.CallAsync("add_up", full, ToolHost.Signed())).Body);
        Assert.Equal("""{"result":"voice conv_9 64 False: 7 5"}""", (await _host.CallAsync("add_up", full, _host.Phone())).Body);
    }

    [Fact]
    public async Task OwnTool_TooSlowOrThrowing_IsToldWithoutItsWords()
    {
        var hanging = _host.CallAsync("hang", "{}");
        await _host.Time.PassAsync(new HangTool().Timeout);
        var slow = await hanging;
        var failed = await _host.CallAsync("fail", "");

        Assert.Equal((HttpStatusCode.GatewayTimeout, "tool_timeout"), (slow.Status, slow.ErrorCode));
        Assert.Equal((HttpStatusCode.InternalServerError, "internal_error"), (failed.Status, failed.ErrorCode));
        Assert.DoesNotContain("a secret message", failed.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_Answered_LeavesOneLineAndNothingOfAnybody()
    {
        var token = ToolHost.Signed("user-4711");
        await _host.CallAsync("remember", """{"name":"language","value":"something private"}""", token);
        await _host.CallAsync("remember", """{"name":"language"}""", token);
        await _host.CallAsync("recall", "{}", "forged");

        var lines = _host.Gateway.Log.Records.Where(record => record.Event.Id == 350).ToList();
        Assert.Equal(["200  Signed", "400 missing_required_parameter ", "200  malformed"], lines.Select(line => $"{line.Values["Status"]} {line.Values["ErrorCode"]} {line.Values["EndUser"]}"));
        foreach (var secret in new[] { "something private", "user-4711", token, FakeMemoryService.Key })
            Assert.DoesNotContain(_host.Gateway.Log.Records, record => record.Message.Contains(secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("throws later")]
    [InlineData("cancels itself")]
    [InlineData("answers what is no JSON")]
    public async Task OwnTool_ThatFails_LeavesItsLineAndIsCounted(string how)
    {
        using var metrics = new RecordedMeter(_host.Gateway.Services, ToolMetrics.MeterName);

        var answer = await _host.CallAsync("fail", $$"""{"how":"{{how}}"}""", ToolHost.Signed());

        Assert.Equal((HttpStatusCode.InternalServerError, "internal_error"), (answer.Status, answer.ErrorCode));
        var line = Assert.Single(_host.Gateway.Log.Records, record => record.Event.Id == 350);
        Assert.Equal("fail 500 internal_error voice Signed", $"{line.Values["Tool"]} {line.Values["Status"]} {line.Values["ErrorCode"]} {line.Values["Caller"]} {line.Values["EndUser"]}");
        Assert.Equal(["calls fail internal_error"], metrics.Counts);
        var unforeseen = Assert.Single(_host.Gateway.Log.Records, record => record.Event.Id == 100);
        Assert.Equal((line.Values["RequestId"], answer.Header("x-request-id")), (unforeseen.Values["RequestId"], $"{unforeseen.Values["RequestId"]}"));
        Assert.DoesNotContain(_host.Gateway.Log.Records, record => record.Message.Contains("a secret message", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OwnTool_WhoseAnswerIsNestedDeeply_IsAnswered()
    {
        var answer = await _host.CallAsync("nest", "{}", ToolHost.Signed());

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal($$"""{"result":{{new string('[', NestTool.Levels)}}"x"{{new string(']', NestTool.Levels)}}}""", answer.Body);
    }

    [Fact]
    public async Task Agent_WhoDoesNotWait_IsSeenInTheLogAndCounted()
    {
        using var metrics = new RecordedMeter(_host.Gateway.Services, ToolMetrics.MeterName);
        using var hangUp = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "tools/hang") { Content = new StringContent("{}", MediaTypeHeaderValue.Parse("application/json")), Headers = { { "x-api-key", GatewayHost.VoiceKey } } };

        var sending = _host.Gateway.Client.SendAsync(request, hangUp.Token);
        await _host.Time.WaitOfAsync(new HangTool().Timeout);
        await hangUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await _host.Gateway.Log.EventAsync(350);
        var line = Assert.Single(_host.Gateway.Log.Records, record => record.Event.Id == 350);
        Assert.Equal(("hang", 499, "interrupted"), (line.Values["Tool"], line.Values["Status"], line.Values["ErrorCode"]));
        Assert.Equal(["calls hang interrupted"], metrics.Counts);
        Assert.DoesNotContain(_host.Gateway.Log.Records, record => record.Event.Id == 100);
    }

    [Fact]
    public async Task Calls_AreCounted_ByToolAndWhatWasWrong()
    {
        using var metrics = new RecordedMeter(_host.Gateway.Services, ToolMetrics.MeterName);

        await _host.CallAsync("remember", """{"name":"language","value":"de"}""", ToolHost.Signed());
        await _host.CallAsync("remember", """{"name":"language"}""", ToolHost.Signed());
        await _host.CallAsync("recall", "{}");
        await _host.CallAsync("nothing", "{}");
        await _host.CallAsync("recall", "{}", key: null);
        await _host.CallAsync("recall", "{}", key: "wrong");

        Assert.Equal(
            ["calls remember -", "calls remember missing_required_parameter", "calls recall -", "calls none unknown_tool", "calls none missing_api_key", "calls none invalid_api_key"],
            metrics.Counts);
    }

    [Theory]
    [InlineData("Callers:0:Tools:6", "nothing", "Callers__0__Tools__6 must be the name of a tool: add_up, fail, hang, nest, recall, remember.")]
    [InlineData("Callers:1:Memory:Provider", "None", "Callers__1__Memory__Provider is required where Callers__1__Tools has 'recall'.")]
    public async Task Start_ToolThatCannotBe_FailsAndNamesTheSetting(string setting, string value, string message)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ToolHost.StartAsync(ToolHost.AddTools, new() { [setting] = value }));

        Assert.Contains(message, failure.Failures);
    }

    [Fact]
    public async Task Start_TwoToolsOfOneName_Fails()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ToolHost.StartAsync(static services => { ToolHost.AddTools(services); services.AddServerTool<HangTool>(); }));

        Assert.Contains("The tool 'hang' is there twice.", failure.Failures);
    }

    [Theory]
    [InlineData("recall")]
    [InlineData("remember")]
    [InlineData("add_up")]
    public async Task Schema_OfATool_IsWhatElevenLabsTakes(string tool)
    {
        var answer = await GetAsync($"tools/{tool}?secret_id=sec_1", GatewayHost.VoiceKey);

        Assert.Empty(await ElevenLabsToolSchema.ErrorsAsync(answer.Body));
        var config = JsonElement.Parse(answer.Body).GetProperty("tool_config");
        Assert.Equal(tool, config.GetProperty("name").GetString());
        Assert.Equal($"https://{_host.Gateway.Address.Authority}/tools/{tool}", config.GetProperty("api_schema").GetProperty("url").GetString());
        Assert.Equal("""{"x-api-key":{"secret_id":"sec_1"},"x-end-user":{"variable_name":"secret__end_user"}}""", config.GetProperty("api_schema").GetProperty("request_headers").GetRawText());
    }

    [Fact]
    public async Task Schema_OfParameters_SaysKindsAndWhichAreRequired()
    {
        var body = JsonElement.Parse((await GetAsync("tools/add_up", GatewayHost.VoiceKey)).Body).GetProperty("tool_config").GetProperty("api_schema").GetProperty("request_body_schema");

        Assert.Equal("""["number","count"]""", body.GetProperty("required").GetRawText());
        Assert.Equal(["number", "integer", "boolean", "string"], body.GetProperty("properties").EnumerateObject().Select(property => property.Value.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Schema_OnAzure_HasTheAddressOfTheApp()
    {
        await using var host = await ToolHost.StartAsync(ToolHost.AddTools, new() { ["WEBSITE_HOSTNAME"] = "my-app.azurewebsites.net" });
        var request = new HttpRequestMessage(HttpMethod.Get, "tools/recall") { Headers = { { "x-api-key", GatewayHost.VoiceKey } } };

        Assert.Contains("\"url\":\"https://my-app.azurewebsites.net/tools/recall\"", (await host.Gateway.SendAsync(request)).Body, StringComparison.Ordinal);
    }

    private static JsonElement Result(Answer answer) => JsonElement.Parse(answer.Body).GetProperty("result");

    private Task<Answer> GetAsync(string path, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null) request.Headers.Add("x-api-key", key);
        return _host.Gateway.SendAsync(request);
    }
}
