using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.CallStart;
using Gateway.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.CallStart;

/// <summary>The endpoint with the start webhook switched on for the caller <c>voice</c>, and a memory that the test scripts.</summary>
internal static class CallStartHost
{
    public const string Number = "+4915112345678";

    public const string Body = $$"""{"caller_id":"{{Number}}","agent_id":"agent_1","called_number":"+498912345","call_sid":"CA1","conversation_id":"conv_1"}""";

    public static Task<GatewayHost> StartAsync(
        Dictionary<string, string?>? settings = null, RecallForCall? recall = null, Action<IServiceCollection>? services = null)
    {
        Dictionary<string, string?> all = new()
        {
            ["Callers:0:CallStart:Enabled"] = "true",
            ["Callers:0:CallStart:DynamicVariables:0:Name"] = "customer",
            ["Callers:0:CallStart:DynamicVariables:0:Value"] = "<<memory.preferred_name|there>>",
            ["Callers:0:CallStart:DynamicVariables:1:Name"] = "line",
            ["Callers:0:CallStart:DynamicVariables:1:Value"] = "<<called_number>>",
            ["Secrets:10:Name"] = "end-user-signing",
            ["Secrets:10:Value"] = "signing-secret-0123456789",
        };
        if (recall is not null)
        {
            all["Callers:0:Memory:Provider"] = "BuiltIn";
            all["Callers:0:Agents:0"] = "agent_1";
            all["Webhooks:Enabled"] = "true";
            all["Storage:Folder"] = "never-used";
        }

        foreach (var (name, value) in settings ?? []) all[name] = value;
        return GatewayHost.StartAsync(all, services: collection =>
        {
            services?.Invoke(collection);
            if (recall is null) return;
            collection.AddSingleton(recall);
            // Its budget is 0.3 s, which a busy machine takes to give it a thread.
            collection.TryAddSingleton<TimeProvider>(new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        });
    }

    public static Task<Answer> StartCallAsync(this GatewayHost host, string body = Body, string key = GatewayHost.VoiceKey) => host.StartCallAsync(Encoding.UTF8.GetBytes(body), key);

    public static Task<Answer> StartCallAsync(this GatewayHost host, byte[] body, string key = GatewayHost.VoiceKey, string? contentType = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Routes.CallStart) { Content = new ByteArrayContent(body) };
        if (contentType is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        // As ElevenLabs sends a workspace secret: the value alone.
        request.Headers.Add("x-api-key", key);
        return host.SendAsync(request);
    }

    public static JsonElement Json(this Answer answer) => JsonElement.Parse(answer.Body);

    public static string? Variable(this Answer answer, string name) => answer.Json().GetProperty("dynamic_variables").GetProperty(name).GetString();

    /// <summary>A memory that knows these.</summary>
    public static RecallForCall Knows(params (string Name, string Value)[] facts) =>
        (_, _, _) => Task.FromResult(new Recollection([.. facts.Select(fact => KeyValuePair.Create(fact.Name, fact.Value))], ["They asked for a refund."]));
}
