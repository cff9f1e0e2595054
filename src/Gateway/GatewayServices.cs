using Azure.Core;
using Gateway.Authentication;
using Gateway.CallStart;
using Gateway.Credentials;
using Gateway.EndUsers;
using Gateway.Health;
using Gateway.Joining;
using Gateway.Memory;
using Gateway.Options;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Secrets;
using Gateway.Speech;
using Gateway.Tools;
using Gateway.Turns;
using Gateway.Upstream;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway;

/// <summary>Puts the endpoint together.</summary>
public static class GatewayServices
{
    /// <summary>The key of the handler that carries requests to models.</summary>
    public const string UpstreamHttp = "upstream";

    /// <summary>The key of the handler that carries requests to Key Vault and to the managed identity's endpoint.</summary>
    public const string AzureHttp = "azure";

    /// <summary>The key of the handler that carries requests to ElevenLabs.</summary>
    public const string ElevenLabsHttp = "elevenlabs";

    /// <summary>The key of the handler that carries requests to memory services.</summary>
    public const string MemoryHttp = "memory";

    /// <summary>Adds everything that the routes need. Options are read from the root of the configuration and validated at start.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GatewayOptions>().Configure(options => Bind(configuration, options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.AddSingleton<IValidateOptions<GatewayOptions>>(static provider => new ToolRules(new(provider.GetServices<ServerTool>)));
        // Kestrel's own limit resets the connection of a caller who is to be told of a 401, 404 or 413. Each route that reads a body counts it.
        services.Configure<KestrelServerOptions>(static kestrel => kestrel.Limits.MaxRequestBodySize = null);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddKeyedSingleton<HttpMessageHandler>(UpstreamHttp, static (_, _) => UpstreamHandler.Create());
        services.TryAddKeyedSingleton<HttpMessageHandler>(AzureHttp, static (_, _) => new SocketsHttpHandler { UseProxy = false, UseCookies = false });
        services.TryAddKeyedSingleton<HttpMessageHandler>(ElevenLabsHttp, static (_, _) => new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
        services.TryAddKeyedSingleton<HttpMessageHandler>(MemoryHttp, static (_, _) => new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            // The key goes where it is configured to go, and nowhere else.
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        });
        services.TryAddSingleton(provider => AzureCredential.Create(configuration, provider.GetRequiredKeyedService<HttpMessageHandler>(AzureHttp)));

        services.AddSingleton(Secrets);
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<SecretStore>());
        services.AddSingleton(Tokens);
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<UpstreamTokens>());
        services.AddSingleton(static provider => new EndUserIds(provider.GetRequiredService<SecretStore>(), provider.GetRequiredService<IOptions<GatewayOptions>>().Value.EndUserKeySecret));
        services.AddSingleton(static provider => new EndUserTokens(
            provider.GetRequiredService<SecretStore>(), provider.GetRequiredService<IOptions<GatewayOptions>>().Value.EndUserSigningSecret, provider.GetRequiredService<EndUserIds>()));
        services.AddSingleton<IReadOnlyList<Deployment>>(Deployments);
        services.AddSingleton<IReadOnlyList<Caller>>(Callers);
        services.AddSingleton<Authenticator>();
        services.AddSingleton<UnknownModels>();
        services.AddSingleton<ProcessAge>();
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<ProcessAge>());
        services.AddSingleton(Engine);
        services.AddSingleton<Readiness>();

        // Factories, because the constructors take what is internal.
        services.AddSingleton(static provider => new ChatCompletionsHandler(
            provider.GetRequiredService<Authenticator>(),
            provider.GetRequiredService<UnknownModels>(),
            provider.GetRequiredService<TurnEngine>(),
            provider.GetRequiredService<Lazy<CallerMemories>>(),
            provider.GetRequiredService<IOptions<GatewayOptions>>()));
        services.AddSingleton(static provider => new ModelsHandler(provider.GetRequiredService<Authenticator>(), provider.GetRequiredService<ILogger<ModelsHandler>>()));
        services.AddSingleton(static provider => new HealthHandler(provider.GetRequiredService<Readiness>(), provider.GetRequiredService<ILogger<HealthHandler>>()));
        services.AddCalls();
        services.AddSingleton(static provider => new UnknownRouteHandler(provider.GetRequiredService<ILogger<UnknownRouteHandler>>()));
        return services;
    }

    /// <summary>
    /// Runs a host until it is stopped. Where the configuration is wrong it writes what, by the settings' names, to standard error
    /// and returns 1: an exception's stack says less, and on Functions nobody sees it.
    /// </summary>
    public static async Task<int> RunGatewayAsync(this IHost host)
    {
        try
        {
            // The host would do it too, and log the exception's stack before it is seen here.
            host.Services.GetService<IStartupValidator>()?.Validate();
            await host.RunAsync();
            return 0;
        }
        catch (OptionsValidationException e)
        {
            foreach (var failure in e.Failures) await Console.Error.WriteLineAsync(failure);
            return 1;
        }
        catch (OperationCanceledException)
        {
            // Stopped while it was starting.
            return 0;
        }
    }

    private static void Bind(IConfiguration configuration, GatewayOptions options)
    {
        try
        {
            configuration.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            // "Failed to convert configuration value '…' at 'Callers:0:Profile' to type '…'." The value stays out: it may be a secret, misplaced.
            var setting = e.Message.Split(" at '") is [_, var rest] ? rest.Split('\'')[0].Replace(":", "__", StringComparison.Ordinal) : "A setting";
            var kind = e.Message.LastIndexOf("to type '", StringComparison.Ordinal) is > 0 and var at ? Kind(e.Message[(at + "to type '".Length)..].TrimEnd('.', '\'')) : null;
            throw new OptionsValidationException(nameof(GatewayOptions), typeof(GatewayOptions), [$"{setting} has a value of the wrong kind{(kind is null ? "" : $": it must be {kind}")}."]);
        }
    }

    private static string? Kind(string type) => type switch
    {
        "System.Boolean" => "true or false",
        "System.Int32" => "a whole number",
        "System.TimeSpan" => "a time such as 00:00:12, or 30.00:00:00 for days",
        "System.Uri" => "an address",
        _ => new[] { typeof(CallerProfile), typeof(DeploymentKind), typeof(MemoryProvider) }.FirstOrDefault(known => known.FullName == type) is { } known ? $"one of {string.Join(", ", Enum.GetNames(known))}" : null,
    };

    private static SecretStore Secrets(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var callers = provider.GetRequiredService<IReadOnlyList<Caller>>();
        var time = provider.GetRequiredService<TimeProvider>();
        var log = provider.GetRequiredService<ILogger<SecretStore>>();
        WantedSecret[] wanted =
        [
            .. callers.Select(caller => new WantedSecret(caller.KeySecret, Versions: 2)),
            .. options.Deployments.Select(deployment => deployment.KeySecret).OfType<string>().Select(name => new WantedSecret(name)),
            new WantedSecret(options.EndUserKeySecret),
            .. options.UsesEndUserTokens ? new[] { new WantedSecret(options.EndUserSigningSecret, Versions: 2) } : [],
            .. options.ElevenLabs.KeySecret is { } elevenLabs ? new[] { new WantedSecret(elevenLabs) } : [],
            .. options.Privacy.Enabled ? new[] { new WantedSecret(options.Privacy.AdminKeySecret, Versions: 2) } : [],
            .. options.Callers.Select(caller => caller.Memory.ServiceKeySecret).OfType<string>().Select(name => new WantedSecret(name)),
            .. options.Webhooks.Enabled ? new[] { new WantedSecret(options.Webhooks.Secret, Versions: 2) } : [],
        ];

        if (options.KeyVault.Uri is not { } vault) return SecretStore.FromConfiguration(wanted, [.. options.Secrets], time, log);
        // Somebody who has set both may wonder why a key is refused: a local.settings.json that `azd up` has written has the vault's address.
        if (options.Secrets.Count > 0) Gateway.Secrets.Log.ConfiguredInVain(log);
        var client = KeyVaultClient.Create(vault, provider.GetRequiredService<TokenCredential>(), provider.GetRequiredKeyedService<HttpMessageHandler>(AzureHttp));
        return SecretStore.FromKeyVault(wanted, client, options.KeyVault, time, log);
    }

    private static TurnEngine Engine(IServiceProvider provider) => new(
        provider.GetRequiredService<SecretStore>(),
        provider.GetRequiredService<IOptions<GatewayOptions>>().Value.EndUserKeySecret,
        new JoinableTurns(),
        provider.GetRequiredService<ProcessAge>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<ChatCompletionsHandler>>());

    private static UpstreamTokens Tokens(IServiceProvider provider) => new(
        provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Deployments,
        provider.GetRequiredService<TokenCredential>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<BackgroundToken>>());

    private static Deployment[] Deployments(IServiceProvider provider)
    {
        var tokens = provider.GetRequiredService<UpstreamTokens>().ByAudience;
        var time = provider.GetRequiredService<TimeProvider>();
        var log = provider.GetRequiredService<ILogger<LearnedRules>>();
        // One client for all: its handler pools by host. The turn has its own deadline.
        var http = new HttpClient(provider.GetRequiredKeyedService<HttpMessageHandler>(UpstreamHttp)) { Timeout = Timeout.InfiniteTimeSpan };
        return
        [
            .. provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Deployments.Select(deployment => new Deployment(deployment, Upstream(deployment), time, log)),
        ];

        UpstreamClient Upstream(DeploymentOptions deployment)
        {
            var key = deployment.KeySecret is { } secret ? new UpstreamKey(secret) : null;
            if (deployment.Kind == DeploymentKind.Agent) return new AgentUpstream(deployment, http, key);
            return key is null ? new AzureUpstream(deployment, http, tokens[deployment.Audience]) : new AzureUpstream(deployment, http, key);
        }
    }

    private static Caller[] Callers(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var routes = Route.All(options, provider.GetRequiredService<IReadOnlyList<Deployment>>());
        var time = provider.GetRequiredService<TimeProvider>();
        var phrases = options.Phrases.Count == 0 ? PhraseBook.Default : new PhraseBook(options.Phrases);
        return options.Callers.Count == 0
            ? [Caller(new CallerOptions { Name = "elevenlabs" }, routes, phrases, time)]
            : [.. options.Callers.Select(caller => Caller(caller, routes, phrases, time))];
    }

    private static Caller Caller(CallerOptions options, Route[] routes, PhraseBook phrases, TimeProvider time)
    {
        Route[] allowed = options.Models.Count == 0 ? routes : [.. routes.Where(route => options.Models.Contains(route.Model))];
        return new Caller
        {
            Name = options.Name,
            Profile = options.Profile,
            Limits = TurnLimits.For(options),
            MaxCompletionTokens = options.MaxCompletionTokens ?? (options.Profile == CallerProfile.Voice ? 1500 : 0),
            Speech = CallerSpeech.For(options, phrases),
            System = SystemAdditions.Of(options.SystemPrefix, options.SystemSuffix),
            HasMemory = options.Memory.Provider != MemoryProvider.None,
            Tools = [.. options.Tools],
            KeySecret = options.KeySecret ?? $"caller-{options.Name}",
            Routes = allowed,
            DefaultRoute = options.DefaultModel is { } model ? allowed.First(route => route.Model == model) : allowed[0],
            AnswerWithRequestedModel = options.AnswerWithRequestedModel,
            TurnDetails = options.TurnDetails,
            Hedging = options.Hedging,
            Speakable = options.Speakable,
            SeenPrompt = options.CallStart is { Enabled: true, WarmUpPromptCache: true } ? new SeenPrompt(time) : null,
        };
    }
}
