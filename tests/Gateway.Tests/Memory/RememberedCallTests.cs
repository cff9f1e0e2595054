using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Memory;
using Gateway.Tests.CallStart;
using Gateway.Tests.Privacy;
using Gateway.Tests.Storage;
using Gateway.Tests.Webhooks;
using Gateway.Webhooks;

namespace Gateway.Tests.Memory;

/// <summary>A call, from the webhook that tells of it to the prompt of the next call.</summary>
public sealed class RememberedCallTests(Azurite azurite)
{
    private const string OtherKey = "other-key-0123456789";
    private const string Turn = """{"messages":[{"role":"system","content":"You are the voice of a shop."},{"role":"user","content":"Hello?"}]}""";

    public static TheoryData<StoragePlace> Places => [StoragePlace.Azurite, StoragePlace.Folder];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Call_OfASignedUser_IsInTheNextCallsPrompt(StoragePlace place)
    {
        await using var host = await StartAsync(place);

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(Event("conv_1", Token(host)))).Status);

        var prompt = await PromptAsync(host, Token(host), "conv_2");
        Assert.StartsWith("You are the voice of a shop.\n\n<earlier_calls>\n", prompt, StringComparison.Ordinal);
        Assert.EndsWith("\nwindow: true\nseats: 4\npreferred_name: Zoë\n2026-11-22: Wants a table ‹b›at eight‹/b›.\n</earlier_calls>", prompt, StringComparison.Ordinal);
        // Nothing but the memory is kept.
        Assert.All(await host.ContentsAsync(), name => Assert.StartsWith("index/memory", name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("conversation_initiation_client_data.dynamic_variables.end_user")]
    [InlineData("conversation_initiation_client_data.dynamic_variables.secret__end_user")]
    [InlineData("conversation_initiation_client_data.custom_llm_extra_body.end_user")]
    public async Task Token_InAnyOfItsPlaces_SaysWhoseCallItWas(string path)
    {
        await using var host = await StartAsync(StoragePlace.Folder);

        await host.SendAsync(Event("conv_1", Token(host), path.Split('.')[1], path.Split('.')[2]));

        Assert.Contains("preferred_name: Zoë", await PromptAsync(host, Token(host), "conv_2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_ThatHasExpiredSinceTheCallBegan_Counts()
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        // The call began at 09:59, and it is noon.
        await host.SendAsync(Event("conv_1", Token(host, expires: Events.Timestamp + 600)));

        Assert.Contains("preferred_name: Zoë", await PromptAsync(host, Token(host), "conv_2"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Call_FromANumber_LeavesLowRiskFactsAlone(StoragePlace place)
    {
        await using var host = await StartAsync(place);
        // A token that is none does not make it anybody else's.
        await host.SendAsync(Event("conv_1", token: "nonsense"));

        // The number itself, as an id that a backend has signed.
        var prompt = await PromptAsync(host, Token(host, sub: "+4915112345678"), "conv_2");
        Assert.EndsWith("\npreferred_name: Zoë\n</earlier_calls>", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain(await host.ContentsAsync(), name => name.Contains("/call.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_OfAnAgentOfAnotherCaller_IsThatCallersAlone()
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        await host.SendAsync(Event("conv_1", Token(host, aud: "other"), agent: "agent_2"));
        // By a token of the wrong tenant it is nobody's; the number remains.
        await host.SendAsync(Event("conv_2", Token(host), agent: "agent_2"));
        await host.SendAsync(Event("conv_3", Token(host), agent: "agent_of_nobody"));

        Assert.DoesNotContain("earlier_calls", await PromptAsync(host, Token(host), "conv_4"), StringComparison.Ordinal);
        var other = await PromptAsync(host, Token(host, aud: "other"), "conv_4", OtherKey);
        Assert.Equal(1, other.Split("Wants a table").Length - 1);
    }

    [Fact]
    public async Task Call_ToldAgain_IsRememberedOnce()
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        var body = Event("conv_1", Token(host));
        await host.SendAsync(body);
        var before = await host.ContentsAsync();
        await host.SendAsync(body);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await host.SendAsync(body);

        Assert.Equal(before, await host.ContentsAsync());
        Assert.Equal(1, (await PromptAsync(host, Token(host), "conv_2")).Split("Wants a table").Length - 1);
    }

    [Fact]
    public async Task Storage_Away_Is503AndTheNextTryIsRemembered()
    {
        await using var process = await RestartableAzurite.StartAsync();
        await using var host = await StartAsync(process.ConnectionString);
        await host.SendAsync(Event("conv_0", Token(host)));
        await process.EndAsync();

        var away = await host.SendAsync(Event("conv_1", Token(host, sub: "user-2")));
        await process.RunAsync();
        var again = await host.SendAsync(Event("conv_1", Token(host, sub: "user-2")));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable", HttpStatusCode.OK), (away.Status, away.ErrorCode, again.Status));
        Assert.Contains("Wants a table", await PromptAsync(host, Token(host, sub: "user-2"), "conv_2"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    [InlineData("false", true)]
    public async Task Memory_Away_Is503AndWhatIsKeptIsKeptAndTheSameRequestIsRememberedLater(string keeps, bool hangs)
    {
        var memory = new FailingMemory { Fails = !hangs, Hangs = hangs };
        await using var host = await PrivacyHost.StartAsync(connectionString: null, new() { ["Webhooks:KeepTranscripts"] = keeps, ["Webhooks:KeepAudio"] = keeps }, memory: memory);
        using var metrics = new RecordedMeter(host.Gateway.Services, WebhookMetrics.MeterName);
        var body = Person.Anna.Transcript("conv_1", PrivacyHost.Earlier);
        var signature = host.Webhooks.Sign(Encoding.UTF8.GetBytes(body));

        var sending = host.Webhooks.SendAsync(body, signature);
        if (hangs)
        {
            await memory.HangingAsync();
            host.Webhooks.Time.Advance(TimeSpan.FromSeconds(20));
        }

        var away = await sending.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        var kept = await host.Webhooks.ContentsAsync();
        (memory.Fails, memory.Hangs) = (false, false);
        var again = await host.Webhooks.SendAsync(body, signature);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable", HttpStatusCode.OK), (away.Status, away.ErrorCode, again.Status));
        Assert.Equal(keeps == "true" ? 1 : 0, kept.Count(name => name.StartsWith("blobs/", StringComparison.Ordinal)));
        Assert.Equal(kept, await host.Webhooks.ContentsAsync());
        Assert.Equal("conv_1", Assert.Single(memory.Remembered).ConversationId);
        Assert.Equal("replayed", (await host.Webhooks.SendAsync(body, signature)).ErrorCode);
        Assert.Equal(["unavailable", keeps == "true" ? "duplicate" : "not_kept", "replayed"], metrics.Counts.Select(line => line.Split(' ')[2]));
    }

    [Theory]
    [InlineData("true", "true")]
    [InlineData("false", "true")]
    [InlineData("false", "false")]
    public async Task Call_KeptWhileTheMemoryWasAway_IsAReplayOnceItIsRememberedAndMeasuredOnce(string transcripts, string audio)
    {
        var memory = new FailingMemory { Fails = true };
        await using var host = await PrivacyHost.StartAsync(connectionString: null, new() { ["Webhooks:KeepTranscripts"] = transcripts, ["Webhooks:KeepAudio"] = audio }, memory: memory);
        using var metrics = new RecordedMeter(host.Gateway.Services, WebhookMetrics.MeterName);
        var body = Person.Anna.Transcript("conv_1", PrivacyHost.Earlier).Replace(
            "\"transcript\": [", "\"transcript\": [{ \"role\": \"agent\", \"conversation_turn_metrics\": { \"convai_llm_service_ttfb\": { \"elapsed_time\": 0.37 } } },", StringComparison.Ordinal);
        var signature = host.Webhooks.Sign(Encoding.UTF8.GetBytes(body));

        HttpStatusCode[] away = [(await host.Webhooks.SendAsync(body, signature)).Status, (await host.Webhooks.SendAsync(body, signature)).Status];
        memory.Fails = false;
        HttpStatusCode[] back = [(await host.Webhooks.SendAsync(body, signature)).Status, (await host.Webhooks.SendAsync(body, signature)).Status];

        Assert.Equal([HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable], away);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], back);
        Assert.Equal(["time_to_first_token 0.37"], metrics.Values);
        Assert.Single(host.Gateway.Log.Records, static record => record.Event.Id == 304);
    }

    [Theory]
    [InlineData("EndUserKeySecret", "false")]
    [InlineData("EndUserSigningSecret", "false")]
    [InlineData("EndUserSigningSecret", "true")]
    public async Task Call_WithoutTheSecretThatSaysWhoseItIs_Is503AndNamesTheSecret(string setting, string privacy)
    {
        var memory = new FailingMemory();
        await using var host = await PrivacyHost.StartAsync(connectionString: null, new() { [setting] = "an-absent-one", ["Privacy:Enabled"] = privacy }, memory: memory);

        var answer = await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not_ready"), (answer.Status, answer.ErrorCode));
        Assert.Empty(memory.Remembered);
        Assert.Empty(await host.Webhooks.ContentsAsync());
        Assert.Single(host.Gateway.Log.Records, record => record.Message.Contains("an-absent-one", StringComparison.Ordinal) && record.Event.Id == 302);
    }

    [Theory]
    [InlineData("BuiltIn", "no token of ours", 1)]
    [InlineData("BuiltIn", "anna.schmidt@example.com", 1)]
    [InlineData("BuiltIn", "eyJ..", 1)]
    [InlineData("None", null, 0)]
    public async Task Call_WhereNobodySigns_IsTaken(string provider, string? variable, int remembered)
    {
        var memory = new FailingMemory();
        await using var host = await PrivacyHost.StartAsync(connectionString: null, new() { ["EndUserSigningSecret"] = "absent", ["Privacy:Enabled"] = "false", ["Callers:0:Memory:Provider"] = provider }, memory: memory);
        var token = Person.Anna.Token(PrivacyHost.Earlier);

        var answer = await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier).Replace(token, variable ?? token, StringComparison.Ordinal));

        Assert.Equal((HttpStatusCode.OK, """{"status":"stored"}"""), (answer.Status, answer.Body));
        Assert.Equal(remembered, memory.Remembered.Count);
    }

    [Fact]
    public async Task Event_WithOddValues_IsTakenAndWhatCannotBeReadIsLeftOut()
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        var body = Event("conv_1", Token(host))
            .Replace("\"Wants a table <b>at eight</b>.\"", "\"Half \\ud800 pair.\"", StringComparison.Ordinal)
            .Replace("\"system__call_duration_secs\": 3", "\"\\ud800\": \"x\", \"nested\": { \"\\udc00\": 1 }", StringComparison.Ordinal)
            .Replace("\"value\": 4", "\"value\": {\"value\": 5}", StringComparison.Ordinal)
            .Replace("\"value\": true", "\"value\": null", StringComparison.Ordinal)
            .Replace("\"value\": \"Zoë\"", $"\"value\": \"{new string('z', 5000)}\"", StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(body)).Status);

        Assert.EndsWith("above them applies.\n2026-11-22: Half \ufffd pair.\n</earlier_calls>", (await PromptAsync(host, Token(host), "conv_2")).Replace("what stands ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_AreCounted_ByTheTrustUnderWhichTheyAreRemembered()
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        using var metrics = new RecordedMeter(host.Gateway.Services, MemoryMetrics.MeterName);

        await host.SendAsync(Event("conv_1", Token(host)));
        await host.SendAsync(Event("conv_2", token: ""));
        await host.SendAsync(Event("conv_3", token: "").Replace("+4915112345678", "anonymous", StringComparison.Ordinal));
        await host.SendAsync(Event("conv_4", Token(host), agent: "agent_of_nobody"));

        Assert.Equal(["calls signed", "calls phone", "calls none"], metrics.Counts);
    }

    [Fact]
    public async Task Call_ThatTheMemoryCouldNotTake_IsCountedOnceItCould()
    {
        var memory = new FailingMemory { Fails = true };
        await using var host = await PrivacyHost.StartAsync(connectionString: null, memory: memory);
        using var metrics = new RecordedMeter(host.Gateway.Services, MemoryMetrics.MeterName);
        var body = Person.Anna.Transcript("conv_1", PrivacyHost.Earlier);

        await host.Webhooks.SendAsync(body);
        Assert.Empty(metrics.Counts);
        memory.Fails = false;
        await host.Webhooks.SendAsync(body);

        Assert.Equal(["calls signed"], metrics.Counts);
    }

    [Theory]
    [InlineData("preferred_name")]
    [InlineData("Preferred_Name")]
    public async Task Start_OfTheNextCallFromANumber_KnowsTheNameAndSoDoesItsFirstTurn(string field)
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        await host.SendAsync(Event("conv_1", token: "").Replace("\"preferred_name\"", $"\"{field}\"", StringComparison.Ordinal));

        var start = await host.Gateway.StartCallAsync();

        Assert.Equal("Zoë", start.Variable("customer"));
        Assert.EndsWith($"\n{field}: Zoë\n</earlier_calls>", await PromptAsync(host, start.Variable("secret__end_user")!, "conv_1"), StringComparison.Ordinal);
    }

    private static string Event(string conversation, string token, string place = "dynamic_variables", string name = "secret__end_user", string agent = "agent_1") => $$$"""
        {
          "type": "post_call_transcription", "event_timestamp": {{{Events.Timestamp}}},
          "data": {
            "agent_id": "{{{agent}}}", "conversation_id": "{{{conversation}}}", "user_id": "user-of-the-client",
            "transcript": [{ "role": "user", "message": "My secret is \"value\": 7.", "tool_calls": [{ "params_as_json": "{}" }] }],
            "metadata": { "start_time_unix_secs": {{{Events.Timestamp - 60}}}, "phone_call": { "external_number": "+4915112345678" } },
            "analysis": {
              "evaluation_criteria_results": { "polite": { "value": "no" } },
              "data_collection_results": {
                "preferred_name": { "data_collection_id": "preferred_name", "value": "Zoë", "rationale": "They said so.", "json_schema": { "type": "string", "value": "x" } },
                "seats": { "value": 4 }, "window": { "value": true }, "nothing": { "value": null }, "list": { "value": ["value"] }
              },
              "transcript_summary": "Wants a table <b>at eight</b>."
            },
            "conversation_initiation_client_data": { "conversation_config_override": { "agent": { "end_user": "x" } }, "{{{place}}}": { "system__call_duration_secs": 3, "{{{name}}}": "{{{token}}}" } }
          }
        }
        """;

    private static string Token(WebhookHost host, string sub = "user-1", string aud = "voice", long? expires = null) =>
        JsonWebTokens.Sign($$"""{"sub":"{{sub}}","aud":"{{aud}}","exp":{{expires ?? host.Time.GetUtcNow().ToUnixTimeSeconds() + 3600}}}""", MemoryTurns.SigningSecret);

    private static async Task<string> PromptAsync(WebhookHost host, string token, string conversation, string key = GatewayHost.VoiceKey)
    {
        var request = GatewayHost.Turn(Turn, key);
        request.Headers.Add("x-end-user", token);
        request.Headers.Add("x-conversation-id", conversation);
        Assert.Equal(HttpStatusCode.OK, (await host.Gateway.SendAsync(request)).Status);
        return JsonElement.Parse((await host.Gateway.NextUpstreamRequestAsync()).Body.Span).GetProperty("messages")[0].GetProperty("content").GetString()!;
    }

    private async Task<WebhookHost> StartAsync(StoragePlace place) => await StartAsync(place == StoragePlace.Azurite ? await azurite.ConnectionStringAsync() : null);

    private static Task<WebhookHost> StartAsync(string? connectionString) => WebhookHost.StartAsync(connectionString, new()
    {
        ["Webhooks:KeepTranscripts"] = "false",
        ["Webhooks:KeepAudio"] = "false",
        ["Callers:0:Memory:Provider"] = "BuiltIn",
        ["Callers:0:Agents:0"] = "agent_1",
        ["Callers:0:CallStart:Enabled"] = "true",
        ["Callers:0:CallStart:DynamicVariables:0:Name"] = "customer",
        ["Callers:0:CallStart:DynamicVariables:0:Value"] = "<<memory.preferred_name|there>>",
        ["Callers:2:Name"] = "other",
        ["Callers:2:Memory:Provider"] = "BuiltIn",
        ["Callers:2:Agents:0"] = "agent_2",
        ["Callers:2:BufferWords"] = "false",
        ["Secrets:12:Name"] = "end-user-signing",
        ["Secrets:12:Value"] = MemoryTurns.SigningSecret,
        ["Secrets:13:Name"] = "caller-other",
        ["Secrets:13:Value"] = OtherKey,
    });
}
