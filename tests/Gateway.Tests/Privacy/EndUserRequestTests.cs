using System.Net;
using System.Text;
using Gateway.Privacy;
using Gateway.Tests.Storage;

namespace Gateway.Tests.Privacy;

/// <summary>Who may ask about end users, and how.</summary>
public sealed class EndUserRequestTests(Azurite azurite)
{
    public static TheoryData<string> Both => [Routes.EndUserDelete, Routes.EndUserExport];

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Key_OfTheAdmin_IsAskedForAndNoOtherIsRight(string route)
    {
        await using var host = await PrivacyHost.StartAsync(azurite, StoragePlace.Folder);

        foreach (var key in new[] { "wrong", GatewayHost.VoiceKey, GatewayHost.ApiKey, new string('x', 5000) })
        {
            var answer = await host.AskAsync(route, PrivacyHost.Body("a"), key);
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), (answer.Status, answer.ErrorCode));
        }

        Assert.Equal("missing_api_key", (await host.AskAsync(route, PrivacyHost.Body("a"), key: null)).ErrorCode);
        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync(route, PrivacyHost.Body("a"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync(route, PrivacyHost.Body("a"), PrivacyHost.OldAdminKey, "x-api-key")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Gateway.SendAsync(GatewayHost.Turn("{}", PrivacyHost.AdminKey))).Status);
    }

    [Theory]
    [InlineData(Routes.EndUserDelete, "delete")]
    [InlineData(Routes.EndUserExport, "export")]
    public async Task Requests_AreCounted_ByWhatCameOfThem(string route, string operation)
    {
        await using var host = await PrivacyHost.StartAsync(connectionString: null);
        using var metrics = new RecordedMeter(host.Gateway.Services, PrivacyMetrics.MeterName);

        await host.AskAsync(route, PrivacyHost.Body("a"));
        // What is done is counted behind its answer, and before its line.
        await host.Gateway.Log.EventAsync(360);
        await host.AskAsync(route, PrivacyHost.Body("a"), "wrong");
        await host.AskAsync(route, PrivacyHost.Body("a"), key: null);
        await host.AskAsync(route, "{}");

        Assert.Equal(
            [$"requests {operation} done -", $"requests {operation} rejected invalid_api_key", $"requests {operation} rejected missing_api_key", $"requests {operation} rejected missing_required_parameter"],
            metrics.Counts);
    }

    [Theory]
    [InlineData(Routes.EndUserDelete, "requests delete incomplete -")]
    [InlineData(Routes.EndUserExport, "requests export unavailable memory_unavailable")]
    public async Task Request_WhileAMemoryIsAway_IsCountedAsSuch(string route, string counted)
    {
        await using var host = await PrivacyHost.StartAsync(connectionString: null, memory: new FailingMemory { Fails = true });
        using var metrics = new RecordedMeter(host.Gateway.Services, PrivacyMetrics.MeterName);

        await host.AskAsync(route, PrivacyHost.Body("a"));
        await host.Gateway.Log.EventAsync(360);

        Assert.Equal([counted], metrics.Counts);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Route_NotSwitchedOn_IsNone(string route)
    {
        await using var host = await PrivacyHost.StartAsync(connectionString: null, new() { ["Privacy:Enabled"] = "false" });

        Assert.Equal((HttpStatusCode.NotFound, "unknown_route"), await host.AskAsync(route, PrivacyHost.Body("a")) is var answer ? (answer.Status, answer.ErrorCode) : default);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task ContentType_Wrong_Is415(string route)
    {
        await using var host = await PrivacyHost.StartAsync(connectionString: null);

        // As curl says of a body when nothing else is said.
        var answer = await host.AskAsync(route, PrivacyHost.Body("a"), contentType: "application/x-www-form-urlencoded");

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported_media_type"), (answer.Status, answer.ErrorCode));
    }

    [Theory]
    [InlineData(Routes.EndUserDelete, "Secrets:20:Name", "Secrets:21:Name")]
    [InlineData(Routes.EndUserDelete, "Secrets:3:Name", "Secrets:3:Name")]
    [InlineData(Routes.EndUserExport, "Secrets:20:Name", "Secrets:21:Name")]
    [InlineData(Routes.EndUserExport, "Secrets:3:Name", "Secrets:3:Name")]
    public async Task Secret_ThatIsAbsent_IsSaidToBeAwaitedAndCountedAsUnavailable(string route, string one, string other)
    {
        await using var host = await PrivacyHost.StartAsync(connectionString: null, new() { [one] = "another-1", [other] = "another-2" });
        using var metrics = new RecordedMeter(host.Gateway.Services, PrivacyMetrics.MeterName);

        var answer = await host.AskAsync(route, PrivacyHost.Body("a"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not_ready"), (answer.Status, answer.ErrorCode));
        Assert.EndsWith(" unavailable not_ready", Assert.Single(metrics.Counts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "invalid_json", null)]
    [InlineData("[]", "invalid_json", null)]
    [InlineData("{", "invalid_json", null)]
    [InlineData("""{"id":"a","id":"b"}""", "invalid_json", null)]
    [InlineData("""{"id":"\ud800"}""", "invalid_json", null)]
    [InlineData("{}", "missing_required_parameter", "id")]
    [InlineData("""{"ID":"a"}""", "missing_required_parameter", "id")]
    [InlineData("""{"id":"a","ids":["b"]}""", "invalid_value", "ids")]
    [InlineData("""{"id":1}""", "invalid_type", "id")]
    [InlineData("""{"id":null}""", "invalid_type", "id")]
    [InlineData("""{"id":" "}""", "invalid_value", "id")]
    [InlineData("""{"ids":"a"}""", "invalid_type", "ids")]
    [InlineData("""{"id":"a","verbatim":1}""", "invalid_type", "verbatim")]
    [InlineData("""{"ids":[]}""", "invalid_value", "ids")]
    [InlineData("""{"ids":["a",2]}""", "invalid_type", "ids[1]")]
    [InlineData("""{"ids":["1","2","3","4","5","6","7","8","9","10","11"]}""", "invalid_value", "ids")]
    public void Body_ThatIsWrong_IsToldByItsField(string body, string code, string? field)
    {
        var failure = EndUserRequest.Read(Encoding.UTF8.GetBytes(body), out _);

        Assert.Equal((400, code, field), (failure!.Status, failure.Code, failure.Param));
    }

    [Fact]
    public void Body_WithAnIdThatIsTooLong_IsToldWithoutIt()
    {
        Assert.Null(EndUserRequest.Read(Encoding.UTF8.GetBytes(PrivacyHost.Body(new string('x', 512))), out var ids));
        Assert.Single(ids);
        Assert.DoesNotContain("xx", EndUserRequest.Read(Encoding.UTF8.GetBytes(PrivacyHost.Body(new string('x', 513))), out _)!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+49 (151) 1234-5678")]
    [InlineData("+4915")]
    [InlineData("+049 15112345")]
    [InlineData("004915112345678")]
    [InlineData("0151/12345678")]
    [InlineData("(030) 1234567")]
    [InlineData("151.123.4567")]
    // As they are copied from a page, a document or a list of contacts.
    [InlineData("+49\u00a0151\u00a012345678")]
    [InlineData("+49 151\u201112345678")]
    [InlineData("\u202a+4915112345678\u202c")]
    [InlineData("+49\u200b15112345678")]
    [InlineData("\uff0b4915112345678")]
    [InlineData("+49,151,12345678")]
    [InlineData("tel:+4915112345678")]
    [InlineData("TEL:015112345678")]
    public void Body_WithANumberThatIsNotE164_IsRefusedUnlessItIsMeantAsItStands(string id)
    {
        // Nobody is known by it: it would be answered as if all were deleted.
        var failure = EndUserRequest.Read(Encoding.UTF8.GetBytes(PrivacyHost.Body("anna", id)), out _)!;
        Assert.Equal((400, "invalid_value", "ids[1]"), (failure.Status, failure.Code, failure.Param));
        Assert.Contains("E.164", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(id, failure.Message, StringComparison.Ordinal);

        Assert.Null(EndUserRequest.Read(Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","verbatim":true}"""), out var ids));
        Assert.Equal([id], ids);
    }

    [Theory]
    [InlineData("+4915112345678")]
    [InlineData("12345678")]
    [InlineData("015112345678")]
    [InlineData("2026-11")]
    [InlineData("anna 0151/12345678")]
    public void Body_WithAnIdThatMayBeOne_IsTakenAsItIs(string id)
    {
        Assert.Null(EndUserRequest.Read(Encoding.UTF8.GetBytes(PrivacyHost.Body(id)), out var ids));
        Assert.Equal([id], ids);
    }

    [Fact]
    public void Body_WithOneIdTwice_IsOfOne()
    {
        Assert.Null(EndUserRequest.Read("""{"ids":["a","b","a"]}"""u8.ToArray(), out var ids));

        Assert.Equal(["a", "b"], ids);
    }

    [Theory]
    [InlineData("+4915112345678", true)]
    [InlineData("004915112345678", true)]
    [InlineData("+49 (151) 1234-5678", true)]
    [InlineData("+49\u00a0151\u00a012345678", true)]
    [InlineData("+49 151\u201112345678", true)]
    [InlineData("\u202a+4915112345678\u202c", true)]
    [InlineData("\uff0b49\u200b15112345678", true)]
    [InlineData("+49,151,12345678 Anna", true)]
    [InlineData("+49 151 12345678\t", true)]
    [InlineData("sip:+4915112345678@example.org", true)]
    [InlineData("whatsapp:+4915112345678", true)]
    [InlineData("sip:015112345678@carrier", true)]
    [InlineData("SIPS:0151-1234-5678;phone-context=+49", true)]
    [InlineData("tel:0151-1234-5678", true)]
    [InlineData("whatsapp:4915112345678", true)]
    [InlineData("my-whatsapp_4915112345678", true)]
    [InlineData("4915112345678@s.whatsapp.net", true)]
    [InlineData("+49 151 12345678 (Anna)", true)]
    [InlineData("hotel-12345678", false)]
    [InlineData("gossip:12345678", false)]
    [InlineData("sip:anna@example.org", false)]
    [InlineData("user_12345678", false)]
    [InlineData("anna-4711", false)]
    [InlineData("anna+news@example.org", false)]
    [InlineData("7c9e6679-7425-40de-944b-e07fc1f90ae7", false)]
    [InlineData("1234567", false)]
    public void Id_ThatIsAPhonesNumber_IsSeenToBe(string id, bool isNumber) => Assert.Equal(isNumber, EndUserTraces.HasNumber(id));
}
