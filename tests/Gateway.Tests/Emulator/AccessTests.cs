using System.Net;
using System.Net.Http.Headers;
using Emulator;

namespace Gateway.Tests.Emulator;

public sealed class AccessTests : EmulatorTest
{
    private const string Dated = "/openai/deployments/known/chat/completions";

    protected override EmulatorOptions Options => new()
    {
        AcceptedKeys = ["first", "second"],
        Deployments = new Dictionary<string, string> { ["known"] = "gpt-4.1", ["demo"] = "gpt-4.1", ["thinker"] = "gpt-5.4-mini" },
    };

    [Theory]
    [InlineData("first", null, 200)]
    [InlineData("second", null, 200)]
    [InlineData(null, "Bearer first", 200)]
    [InlineData(null, "bearer second", 200)]
    [InlineData("wrong", null, 401)]
    [InlineData("wrong", "Bearer first", 401)]
    [InlineData(null, "Bearer wrong", 401)]
    [InlineData(null, "Basic first", 401)]
    [InlineData(null, null, 401)]
    public async Task Key_GivenOrNot_DecidesAccess(string? key, string? authorization, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, V1) { Content = Json(Ask("Hi", more: "")) };
        Client.DefaultRequestHeaders.Remove("api-key");
        if (key is not null)
            request.Headers.Add("api-key", key);
        if (authorization is not null)
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);

        using var response = await Client.SendAsync(request, Ct);

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 401)
            Assert.Equal("401", ErrorCode(await response.Content.ReadAsStringAsync(Ct)));
    }

    [Theory]
    [InlineData(V1, 200, null)]
    [InlineData(V1 + "?api-version=v1", 200, null)]
    [InlineData(V1 + "?api-version=preview", 200, null)]
    [InlineData(V1 + "?api-version=2024-10-21", 400, "BadRequest")]
    [InlineData(Dated + "?api-version=2024-10-21", 200, null)]
    [InlineData(Dated, 404, "404")]
    [InlineData(Dated + "?api-version=", 404, "404")]
    [InlineData("/openai/deployments/unknown/chat/completions?api-version=2024-10-21", 404, "DeploymentNotFound")]
    [InlineData("/openai/deployments//chat/completions?api-version=2024-10-21", 404, "404")]
    [InlineData("/openai/v1/chat/completions/", 404, "404")]
    [InlineData("/openai/v1/embeddings", 404, "404")]
    [InlineData("/", 404, "404")]
    public async Task Path_KnownOrNot_IsAnswered(string path, int status, string? code)
    {
        Client.DefaultRequestHeaders.Remove("api-key");
        Client.DefaultRequestHeaders.Add("api-key", "first");

        using var response = await PostAsync(Ask("Hi", more: ""), path);

        Assert.Equal(status, (int)response.StatusCode);
        foreach (var header in (string[])["x-emulator", "apim-request-id", "x-ratelimit-remaining-requests", "x-ratelimit-remaining-tokens"])
            Assert.NotEmpty(Assert.Single(response.Headers.GetValues(header)));
        if (code is not null)
            Assert.Equal(code, ErrorCode(await response.Content.ReadAsStringAsync(Ct)));
    }

    [Fact]
    public async Task Deployment_InV1Body_MustBeKnown()
    {
        Client.DefaultRequestHeaders.Remove("api-key");
        Client.DefaultRequestHeaders.Add("api-key", "first");

        var body = await BodyAsync("""{"model":"unknown","messages":[{"role":"user","content":"Hi"}]}""", HttpStatusCode.NotFound);

        Assert.Equal("DeploymentNotFound", ErrorCode(body));
    }

    [Fact]
    public async Task Model_OfListedDeployment_IsItsFamily()
    {
        Client.DefaultRequestHeaders.Remove("api-key");
        Client.DefaultRequestHeaders.Add("api-key", "first");

        Assert.Equal("gpt-4.1", Parse(await BodyAsync(Ask("Hi", more: ""), path: Dated + "?api-version=2024-10-21")).GetProperty("model").GetString());
    }

    [Fact]
    public async Task Rules_OfListedDeployment_AreItsFamilys()
    {
        Client.DefaultRequestHeaders.Remove("api-key");
        Client.DefaultRequestHeaders.Add("api-key", "first");

        var body = await BodyAsync(Ask("Hi", "\"max_tokens\":5").Replace("demo", "thinker", StringComparison.Ordinal), HttpStatusCode.BadRequest);

        Assert.Equal("unsupported_parameter", ErrorCode(body));
        await BodyAsync(Ask("Hi", "\"max_tokens\":5"));
    }

    [Fact]
    public async Task Health_WithoutKey_IsOk()
    {
        Client.DefaultRequestHeaders.Clear();

        Assert.Equal("ok", await Client.GetStringAsync("/health", Ct));
    }
}
