using System.ClientModel;
using System.ClientModel.Primitives;
using EndToEnd.Tests.Hosts;
using OpenAI.Models;

namespace EndToEnd.Tests.OpenAIClient;

public sealed class ModelTests(GatewayHost host)
{
    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Models_Listed_CanBeAskedForOneByOne(Caller caller)
    {
        var client = new OpenAIModelClient(new ApiKeyCredential(host.Key(caller)), host.Options(new ClientRetryPolicy(0)));

        var models = (await client.GetModelsAsync(TestContext.Current.CancellationToken)).Value;

        Assert.Contains(models, model => model.Id == host.Model);
        foreach (var model in models)
        {
            var one = (await client.GetModelAsync(model.Id, TestContext.Current.CancellationToken)).Value;
            Assert.Equal((model.Id, model.OwnedBy, model.CreatedAt), (one.Id, one.OwnedBy, one.CreatedAt));
        }
    }

    [Theory]
    [InlineData("no-such-model")]
    [InlineData("no/such/model")]
    public async Task Model_Unknown_Throws404(string id)
    {
        var client = new OpenAIModelClient(new ApiKeyCredential(host.Key(Caller.Api)), host.Options(new ClientRetryPolicy(0)));

        var e = await Assert.ThrowsAsync<ClientResultException>(() => client.GetModelAsync(id, TestContext.Current.CancellationToken));

        Assert.Equal(404, e.Status);
    }
}
