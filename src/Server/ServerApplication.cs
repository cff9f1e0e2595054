using Emulator;
using Gateway;

namespace Server;

/// <summary>The endpoint on plain Kestrel, with the emulator beside it where a development machine has no Azure OpenAI configured.</summary>
public sealed class ServerApplication : IAsyncDisposable
{
    private readonly AzureOpenAIEmulator? _emulator;
    private readonly LocalStorage? _storage;

    private ServerApplication(WebApplication app, AzureOpenAIEmulator? emulator, LocalStorage? storage) => (App, _emulator, _storage) = (app, emulator, storage);

    /// <summary>The application, not started.</summary>
    public WebApplication App { get; }

    /// <summary>Where what is kept of calls goes, of an application whose settings are right; null where no place is configured.</summary>
    public string? Kept => _storage?.Description ?? Configured(App.Configuration);

    /// <summary>Puts the application together.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configure">Changes to the builder before the endpoint's services are added.</param>
    public static async Task<ServerApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        // A turn leaves one line of its own.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // It writes nothing above Information, but makes an Activity of every request, and HttpClient one of every call, as long as it might.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // A start that fails is told by its exception, which Program says in a line; here it would be a stack trace before it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        var development = builder.Environment.IsDevelopment();
        if (development) LocalSettings.AddTo(builder.Configuration);
        configure?.Invoke(builder);

        var key = development && DevelopmentDefaults.HasNoCallerKey(builder.Configuration) ? DevelopmentDefaults.UseNewKey(builder.Configuration) : null;
        if (development) DevelopmentDefaults.UseEndUserSecrets(builder.Configuration);
        // Only in Development: production must never answer with scripted text. There the missing setting is named instead.
        var emulator = development && DevelopmentDefaults.HasNoDeployment(builder.Configuration) ? await AzureOpenAIEmulator.StartAsync(new() { Journal = false }) : null;
        if (emulator is not null) DevelopmentDefaults.UseEmulator(builder.Configuration, emulator.Endpoint);

        var storage = development && DevelopmentDefaults.HasNoStorage(builder.Configuration) ? await LocalStorage.StartAsync(builder.Configuration) : null;
        builder.Services.AddSingleton<KeptFolder>().AddHostedService(static provider => provider.GetRequiredService<KeptFolder>());
        builder.Services.AddGateway(builder.Configuration);
        var app = builder.Build();
        if (emulator is not null) app.Use(MarkAsEmulator);
        app.MapGateway();
        var server = new ServerApplication(app, emulator, storage);
        if (development) app.Lifetime.ApplicationStarted.Register(() => StartMessage.Write(Console.Out, app.Urls.First(), app.Configuration["Models:0:Name"] ?? app.Configuration["Deployments:0:Name"] ?? "", key, emulated: emulator is not null, server.Kept));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        if (_emulator is not null) await _emulator.DisposeAsync();
        if (_storage is not null) await _storage.DisposeAsync();
    }

    // The whole path: a relative one is below the folder of the project that `dotnet run` runs, and not where its user stands.
    private static string? Configured(IConfiguration configuration)
    {
        if (configuration["Storage:Folder"] is { } folder) return $"the folder {Path.GetFullPath(folder)}";
        if (configuration["Storage:ConnectionString"] is not null) return "the account of Storage__ConnectionString";
        return Uri.TryCreate(configuration["Storage:Uri"], UriKind.Absolute, out var account) ? $"the account {account.Host}" : null;
    }

    private static Task MarkAsEmulator(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers["x-emulator"] = "1";
        return next(context);
    }
}
