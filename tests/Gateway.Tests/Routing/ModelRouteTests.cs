using Gateway.Options;
using Gateway.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Routing;

public sealed class ModelRouteTests
{
    private static readonly string[] Deployments = ["mini", "mini-west", "nano"];

    [Fact]
    public void Models_NoneConfigured_AreTheDeploymentsEachBackedByTheOthersInOrder() =>
        Assert.Equal(
            ["mini: mini 0 1, mini-west 1 1, nano 2 1", "mini-west: mini-west 0 1, mini 1 1, nano 2 1", "nano: nano 0 1, mini 1 1, mini-west 2 1"],
            Routes([]));

    [Fact]
    public void Models_Configured_AreThoseAlone() => Assert.Equal(
        ["agent: nano 0 1, mini-west 3 2, mini 3 1", "other: mini 0 1"],
        Routes(new()
        {
            ["Models:0:Name"] = "agent",
            ["Models:0:Deployments:0:Name"] = "MINI-WEST",
            ["Models:0:Deployments:0:Priority"] = "3",
            ["Models:0:Deployments:0:Weight"] = "2",
            ["Models:0:Deployments:1:Name"] = "nano",
            ["Models:0:Deployments:2:Name"] = "mini",
            ["Models:0:Deployments:2:Priority"] = "3",
            ["Models:1:Name"] = "other",
            ["Models:1:Deployments:0:Name"] = "mini",
        }));

    [Theory]
    [InlineData(null, 20)]
    [InlineData("0", 0)]
    [InlineData("25", 50)]
    public void HedgePercent_OfTheOptions_IsTheBudgetOfEachModel(string? percent, int hedges)
    {
        var routes = All(percent is null ? [] : new() { ["HedgePercent"] = percent });

        Assert.All(routes, route =>
        {
            for (var i = 0; i < hedges; i++) Assert.True(route.HedgeBudget.TryTake());
            Assert.False(route.HedgeBudget.TryTake());
        });
    }

    private static List<string> Routes(Dictionary<string, string?> settings) => [.. All(settings).Select(route =>
        $"{route.Model}: {string.Join(", ", route.Targets.ToArray().Select(target => $"{target.Deployment.Name} {target.Priority} {target.Weight}"))}")];

    private static Route[] All(Dictionary<string, string?> settings)
    {
        var options = new GatewayOptions();
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build().Bind(options);
        return Route.All(options, [.. Deployments.Select(new FakeTimeProvider().Deployment)]);
    }
}
