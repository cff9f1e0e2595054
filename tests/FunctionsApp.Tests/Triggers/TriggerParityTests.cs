using Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsApp.Tests.Triggers;

/// <summary>Both hosts answer the same routes: a route that only one of them has is found by a user, not by the other tests.</summary>
public sealed class TriggerParityTests
{
    [Fact]
    public void Triggers_ComparedWithTheEndpoints_AreTheSameSet() =>
        Assert.Equal(GatewayEndpoints.All.ToHashSet(), Trigger.All.Select(trigger => trigger.Endpoint).ToHashSet());

    [Fact]
    public async Task Triggers_ComparedWithWhatKestrelMaps_AreTheSameSet()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(GatewaySettings.Valid);
        builder.Services.AddGateway(builder.Configuration);
        await using var app = builder.Build();
        app.MapGateway();

        var mapped = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()
            .SelectMany(endpoint => Verbs(endpoint).Select(verb => (endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName, verb, endpoint.RoutePattern.RawText)));

        Assert.Equal(mapped.ToHashSet(), Trigger.All.Select(trigger => (trigger.Name, trigger.Endpoint.Verb ?? "*", (string?)trigger.Http.Route)).ToHashSet());

        static IEnumerable<string> Verbs(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"];
    }

    [Fact]
    public void Triggers_Counted_AreOneForEachRoute() => Assert.Equal(GatewayEndpoints.All.Count, Trigger.All.Count);

    [Fact]
    public void WrongTrigger_ComparedWithTheEndpoints_IsNoneOfThem() =>
        Assert.DoesNotContain(Assert.Single(Trigger.In(typeof(WrongTrigger))).Endpoint, GatewayEndpoints.All);

    [Fact]
    public void Triggers_AskedForTheirLevel_AreAnonymous() => Assert.DoesNotContain(Trigger.All, AsksForAKey);

    [Fact]
    public void WrongTrigger_AskedForItsLevel_IsFound() => Assert.Contains(Trigger.In(typeof(WrongTrigger)), AsksForAKey);

    [Fact]
    public void Triggers_AskedForTheirShape_AreWhatTheWorkerCallsDirectly() => Assert.All(Trigger.All, trigger =>
    {
        // What is not public is called by reflection; what returns a result is not streamed.
        Assert.True(trigger.Method.DeclaringType!.IsVisible);
        Assert.Equal(typeof(Task), trigger.Method.ReturnType);
        Assert.Equal([typeof(HttpRequest), typeof(FunctionContext)], trigger.Method.GetParameters().Select(parameter => parameter.ParameterType));
    });

    private static bool AsksForAKey(Trigger trigger) => trigger.Http.AuthLevel != AuthorizationLevel.Anonymous;
}
