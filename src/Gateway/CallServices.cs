using System.Diagnostics.Metrics;
using Azure.Core;
using Gateway.Authentication;
using Gateway.Backfill;
using Gateway.CallStart;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Options;
using Gateway.Privacy;
using Gateway.Secrets;
using Gateway.Storage;
using Gateway.Tools;
using Gateway.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway;

/// <summary>Puts together what goes on around the turns of a call: before it, between them, after it.</summary>
internal static class CallServices
{
    /// <summary>Adds all of it. What is switched off is registered and never made.</summary>
    public static void AddCalls(this IServiceCollection services)
    {
        // Made when there is something to keep, and not before: the storage's assemblies would be loaded with it.
        services.TryAddSingleton(static provider => new Lazy<IStorage>(() => Storage(provider)));
        services.AddSingleton(static provider => new ExpiredMemories(
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Storage, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ExpiredMemories>>()));
        services.AddSingleton(static provider => new BuiltInMemory(
            provider.GetRequiredService<Lazy<IStorage>>(),
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Storage,
            provider.GetRequiredService<ExpiredMemories>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => CallerMemories.Providers(
            provider.GetRequiredService<BuiltInMemory>(),
            provider.GetRequiredService<SecretStore>(),
            () => provider.GetRequiredKeyedService<HttpMessageHandler>(GatewayServices.MemoryHttp),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(Memories);
        services.TryAddSingleton<RecallForCall>(static provider =>
            (user, conversationId, cancellationToken) => provider.GetRequiredService<CallerMemories>().Recalls(user.Tenant).RecallAsync(user, conversationId, cancellationToken));
        services.AddSingleton(static provider => new Lazy<CallerMemories>(provider.GetRequiredService<CallerMemories>));
        services.AddSingleton(static provider => new Lazy<Tombstones>(() => new Tombstones(
            provider.GetRequiredService<Lazy<IStorage>>().Value,
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Storage,
            provider.GetRequiredService<EndUserIds>(),
            provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton(static provider => new CallEndUsers(provider.GetRequiredService<EndUserIds>(), provider.GetRequiredService<EndUserTokens>()));
        services.AddSingleton(static provider => new Lazy<ForgottenCalls>(() => new ForgottenCalls(
            provider.GetRequiredService<Lazy<IStorage>>().Value, provider.GetRequiredService<Lazy<Tombstones>>().Value, new CallRemoval(provider.GetRequiredService<Lazy<IStorage>>().Value), provider.GetRequiredService<CallEndUsers>())));
        services.AddSingleton(static provider => new Lazy<CallArchive>(() => Archive(provider)));
        services.AddSingleton(Privacy);
        services.AddSingleton(static provider => new EndUserDeleteHandler(provider.GetRequiredService<PrivacyServices>(), provider.GetRequiredService<ILogger<EndUserDeleteHandler>>()));
        services.AddSingleton(static provider => new EndUserExportHandler(provider.GetRequiredService<PrivacyServices>(), provider.GetRequiredService<ILogger<EndUserExportHandler>>()));
        services.AddSingleton(static provider => new PostCallWebhookHandler(
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value,
            provider.GetRequiredService<SecretStore>(),
            provider.GetRequiredService<Lazy<CallArchive>>(),
            PostCallMemory(provider),
            new WebhookMetrics(provider.GetRequiredService<IMeterFactory>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostCallWebhookHandler>>()));
        services.AddSingleton(static provider => new CallBackfill(
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value,
            provider.GetRequiredService<SecretStore>(),
            provider.GetRequiredService<Lazy<CallArchive>>(),
            PostCallMemory(provider),
            new HttpClient(provider.GetRequiredKeyedService<HttpMessageHandler>(GatewayServices.ElevenLabsHttp)),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(CallStart);
        services.AddServerTool<RecallTool>();
        services.AddServerTool<RememberTool>();
        services.AddSingleton(static provider => new ServerTools(new(provider.GetServices<ServerTool>)));
        services.AddSingleton(static provider => new ToolHandler(
            provider.GetRequiredService<Authenticator>(),
            provider.GetRequiredService<ServerTools>(),
            provider.GetRequiredService<EndUserTokens>(),
            new ToolMetrics(provider.GetRequiredService<IMeterFactory>()),
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value.HasTools,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ToolHandler>>()));
        services.AddSingleton(static provider => new ToolSchemaHandler(
            provider.GetRequiredService<Authenticator>(),
            provider.GetRequiredService<ServerTools>(),
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value.HasTools,
            provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<ILogger<ToolSchemaHandler>>()));
    }

    private static IStorage Storage(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Storage;
        return options.Folder is { } folder
            ? new FileStorage(folder)
            : AzureStorage.Create(options, provider.GetRequiredService<TokenCredential>, provider.GetRequiredKeyedService<HttpMessageHandler>(GatewayServices.AzureHttp), provider.GetRequiredService<TimeProvider>());
    }

    private static CallArchive Archive(IServiceProvider provider)
    {
        var storage = provider.GetRequiredService<Lazy<IStorage>>().Value;
        var options = provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Storage;
        var time = provider.GetRequiredService<TimeProvider>();
        var expired = new ExpiredCalls(
            storage,
            new CallRemoval(storage),
            provider.GetRequiredService<Lazy<Tombstones>>().Value,
            provider.GetRequiredService<ExpiredMemories>(),
            options,
            time,
            provider.GetRequiredService<ILogger<ExpiredCalls>>());
        return new CallArchive(
            storage, options, provider.GetRequiredService<CallEndUsers>(), provider.GetRequiredService<Lazy<ForgottenCalls>>().Value, expired, time);
    }

    private static PostCallMemory? PostCallMemory(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        return options.HasMemory
            ? new PostCallMemory(
                provider.GetRequiredService<Lazy<CallerMemories>>(),
                options.Storage.IsConfigured ? provider.GetRequiredService<Lazy<ForgottenCalls>>() : null,
                provider.GetRequiredService<TimeProvider>())
            : null;
    }

    private static PrivacyServices Privacy(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var (secrets, time) = (provider.GetRequiredService<SecretStore>(), provider.GetRequiredService<TimeProvider>());
        var storage = provider.GetRequiredService<Lazy<IStorage>>();
        return new PrivacyServices
        {
            Options = options.Privacy,
            Access = new AdminAccess(secrets, options.Privacy.AdminKeySecret, provider.GetRequiredService<ILogger<AdminAccess>>()),
            EndUserKeySecret = options.EndUserKeySecret,
            Storage = storage,
            Tombstones = provider.GetRequiredService<Lazy<Tombstones>>(),
            Traces = new Lazy<EndUserTraces>(() => new EndUserTraces(
                storage.Value,
                options.HasMemory ? provider.GetRequiredService<Lazy<CallerMemories>>() : null,
                provider.GetRequiredService<BuiltInMemory>(),
                provider.GetRequiredService<IReadOnlyList<Caller>>(),
                provider.GetRequiredService<EndUserIds>(),
                secrets,
                options.ElevenLabs,
                new HttpClient(provider.GetRequiredKeyedService<HttpMessageHandler>(GatewayServices.ElevenLabsHttp)),
                time)),
            Metrics = new PrivacyMetrics(provider.GetRequiredService<IMeterFactory>()),
            Time = time,
        };
    }

    private static CallerMemories Memories(IServiceProvider provider) => new(
        provider.GetRequiredService<IOptions<GatewayOptions>>().Value,
        provider.GetRequiredService<Func<MemoryOptions, IMemory>>(),
        provider.GetRequiredService<EndUserTokens>(),
        provider.GetRequiredService<EndUserIds>(),
        new MemoryMetrics(provider.GetRequiredService<IMeterFactory>()),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<CallerMemories>>());

    private static CallStartHandler CallStart(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var time = provider.GetRequiredService<TimeProvider>();
        var metrics = new CallStartMetrics(provider.GetRequiredService<IMeterFactory>());
        var log = provider.GetRequiredService<ILogger<CallStartHandler>>();
        return new CallStartHandler(
            provider.GetRequiredService<Authenticator>(),
            new CallStarts(options.Callers, provider.GetService<RecallForCall>(), time),
            provider.GetRequiredService<EndUserIds>(),
            provider.GetRequiredService<EndUserTokens>(),
            new UpstreamWarmUp(options.Deployments, new HttpMessageInvoker(provider.GetRequiredKeyedService<HttpMessageHandler>(GatewayServices.UpstreamHttp), disposeHandler: false), time),
            new PromptWarmUp(provider.GetRequiredService<SecretStore>(), metrics, time, log),
            metrics,
            options,
            time,
            log);
    }
}
