using System.Net.Http.Headers;
using System.Text;
using Gateway.Memory;
using Gateway.Tests.ElevenLabs;
using Gateway.Tests.Storage;
using Gateway.Tests.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Privacy;

/// <summary>The endpoint with everything switched on that keeps something of end users, and with what deletes it.</summary>
internal sealed class PrivacyHost(WebhookHost webhooks) : IAsyncDisposable
{
    public const string AdminKey = "admin-key-0123456789";
    public const string OldAdminKey = "admin-key-old-0123456789";

    /// <summary>When the first calls were.</summary>
    public static readonly DateTimeOffset Earlier = WebhookHost.Now.AddHours(-3);

    public WebhookHost Webhooks => webhooks;

    public GatewayHost Gateway => webhooks.Gateway;

    public static async Task<PrivacyHost> StartAsync(string? connectionString, Dictionary<string, string?>? settings = null, FakeElevenLabs? elevenLabs = null, IMemory? memory = null, HttpMessageHandler? account = null)
    {
        Dictionary<string, string?> all = new()
        {
            ["Privacy:Enabled"] = "true",
            ["Callers:0:Memory:Provider"] = "BuiltIn",
            ["Callers:0:Agents:0"] = "agent_1",
            ["Secrets:20:Name"] = "admin-key",
            ["Secrets:20:Value"] = AdminKey,
            ["Secrets:21:Name"] = "admin-key",
            ["Secrets:21:Value"] = OldAdminKey,
            ["Secrets:22:Name"] = "end-user-signing",
            ["Secrets:22:Value"] = Person.SigningSecret,
            ["Secrets:23:Name"] = "elevenlabs-key",
            ["Secrets:23:Value"] = FakeElevenLabs.Key,
        };
        if (elevenLabs is not null) (all["ElevenLabs:KeySecret"], all["ElevenLabs:Endpoint"]) = ("elevenlabs-key", elevenLabs.Endpoint.AbsoluteUri);
        foreach (var (name, value) in settings ?? []) all[name] = value;
        return new PrivacyHost(await WebhookHost.StartAsync(
            connectionString,
            all,
            services =>
            {
                if (account is not null) services.AddKeyedSingleton(GatewayServices.AzureHttp, account);
                if (memory is not null) services.AddSingleton<Func<MemoryOptions, IMemory>>(_ => memory);
            }));
    }

    public static async Task<PrivacyHost> StartAsync(Azurite azurite, StoragePlace place) => await StartAsync(place == StoragePlace.Azurite ? await azurite.ConnectionStringAsync() : null);

    /// <summary>Tells of a call, by transcript and recording, and sees that both are stored.</summary>
    public async Task TellAsync(Person person, string conversation, DateTimeOffset? started = null)
    {
        Assert.Equal("""{"status":"stored"}""", (await webhooks.SendAsync(person.Transcript(conversation, started ?? Earlier))).Body);
        Assert.Equal("""{"status":"stored"}""", (await webhooks.SendAsync(person.Recording(conversation, started ?? Earlier))).Body);
    }

    public Task<Answer> DeleteAsync(params string[] ids) => AskAsync(Routes.EndUserDelete, Body(ids));

    public Task<Answer> AskAsync(string route, string body, string? key = AdminKey, string header = "Authorization", string contentType = "application/json") =>
        Gateway.SendAsync(Request(route, body, key, header, contentType));

    /// <summary>Asks for an export and reads it as bytes.</summary>
    public async Task<byte[]> ExportAsync(params string[] ids)
    {
        using var request = Request(Routes.EndUserExport, Body(ids), AdminKey, "Authorization");
        using var response = await Gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("application/zip", response.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    public static string Body(params string[] ids) => ids is [var one] ? $$"""{"id":"{{one}}"}""" : $$"""{"ids":[{{string.Join(',', ids.Select(id => $"\"{id}\""))}}]}""";

    public ValueTask DisposeAsync() => webhooks.DisposeAsync();

    private static HttpRequestMessage Request(string route, string body, string? key, string header, string contentType = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = new StringContent(body, Encoding.UTF8, contentType) };
        if (key is not null && header == "Authorization") request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        else if (key is not null) request.Headers.Add(header, key);
        return request;
    }
}
