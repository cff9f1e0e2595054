using System.Reflection;
using FunctionsApp.Triggers;
using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsApp.Tests.Triggers;

/// <summary>A function, as its attributes describe it to the host.</summary>
internal sealed record Trigger(MethodInfo Method, HttpTriggerAttribute Http)
{
    /// <summary>All functions of the app.</summary>
    public static IReadOnlyList<Trigger> All { get; } = [.. typeof(ChatCompletionsTrigger).Assembly.GetTypes().SelectMany(In)];

    public string Name => Method.GetCustomAttribute<FunctionAttribute>()!.Name;

    /// <summary>What the plain Kestrel host maps for the same function.</summary>
    public GatewayEndpoint Endpoint => new(
        Name,
        Http.Methods.Count == 0 ? null : string.Join(',', Http.Methods),
        Http.Route ?? "(none)",
        Method.DeclaringType!.GetConstructors().Single().GetParameters().Single().ParameterType);

    /// <summary>The functions of one type.</summary>
    public static IEnumerable<Trigger> In(Type type) =>
        from method in type.GetMethods()
        where method.IsDefined(typeof(FunctionAttribute))
        select new Trigger(method, method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).OfType<HttpTriggerAttribute>().Single());

    /// <summary>Runs the function as the worker does: an instance for each invocation, made with the services.</summary>
    public Task RunAsync(IServiceProvider services, HttpContext context, FunctionContext function) =>
        (Task)Method.Invoke(ActivatorUtilities.CreateInstance(services, Method.DeclaringType!), [context.Request, function])!;

    public override string ToString() => Name;
}
