using System.ClientModel;
using System.ClientModel.Primitives;
using EndToEnd.Tests.Hosts;
using OpenAI;
using OpenAI.Chat;

namespace EndToEnd.Tests.OpenAIClient;

/// <summary>The official .NET client, pointed at the gateway as anyone would.</summary>
internal static class OfficialClient
{
    /// <summary>A client that tries once: an error is then seen as it came, and at once.</summary>
    public static ChatClient Chat(this GatewayHost host, Caller caller, string? model = null) =>
        new(model ?? host.Model, new ApiKeyCredential(host.Key(caller)), host.Options(new ClientRetryPolicy(maxRetries: 0)));

    public static OpenAIClientOptions Options(this GatewayHost host, ClientRetryPolicy retries) => new()
    {
        Endpoint = new Uri(host.BaseAddress, "v1"),
        RetryPolicy = retries,
        NetworkTimeout = TestTimeouts.Default,
    };
}
