using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Gateway.Tests.Storage;
using Gateway.Tests.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.CallStart;

/// <summary>The start webhook over the whole way: what one call's webhook brought is in the storage, and the next call starts with it.</summary>
public sealed class StoredMemoryTests(Azurite azurite)
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Callers:0:Agents:0"] = "agent_1",
        ["Callers:0:Memory:Provider"] = "BuiltIn",
        ["Callers:0:CallStart:Enabled"] = "true",
        ["Callers:0:CallStart:DynamicVariables:0:Name"] = "customer",
        ["Callers:0:CallStart:DynamicVariables:0:Value"] = "<<memory.preferred_name|there>>",
        ["Secrets:20:Name"] = "end-user-signing",
        ["Secrets:20:Value"] = "signing-secret-0123456789",
    };

    [Theory]
    [InlineData(StoragePlace.Azurite)]
    [InlineData(StoragePlace.Folder)]
    public async Task Call_OfANumberThatHasCalledBefore_StartsWithWhatItCollected(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place, Settings);
        var call = JsonNode.Parse(Events.Transcription(user: null))!;
        call["data"]!["analysis"]!["data_collection_results"] = new JsonObject { ["preferred_name"] = new JsonObject { ["value"] = "Zoë" } };
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(call.ToJsonString())).Status);

        Assert.Equal("Zoë", (await host.Gateway.StartCallAsync()).Variable("customer"));
        Assert.Equal("there", (await host.Gateway.StartCallAsync(CallStartHost.Body.Replace(CallStartHost.Number, "+4915187654321", StringComparison.Ordinal))).Variable("customer"));
    }

    /// <summary>How long its answer takes then is measured by the benchmark <c>start-webhook</c>.</summary>
    [Fact]
    public async Task Storage_ThatHangs_IsAskedAndNotWaitedFor()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var account = $"http://{silent.LocalEndpoint}/devstoreaccount1";
        await using var host = await WebhookHost.StartAsync(
            $"AccountName=devstoreaccount1;AccountKey=AAAA;BlobEndpoint={account};TableEndpoint={account};QueueEndpoint={account}", Settings, static services => services.AddSingleton(TimeProvider.System));

        var answer = await host.Gateway.StartCallAsync();
        using var asked = await silent.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.Equal("there", answer.Variable("customer"));
        Assert.NotEqual("", answer.Variable("secret__end_user"));
        Assert.Equal("Late", Assert.Single(host.Gateway.Log.Records, static record => record.Event.Id == 310).Values["Recall"]!.ToString());
    }
}
