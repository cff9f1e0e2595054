using Gateway.Options;
using Gateway.Storage;
using Microsoft.Extensions.Options;

namespace Server;

/// <summary>The folder for what is kept, where that is configured. It is made at the start, which can tell that it cannot be made, and not with the first call that is to be kept.</summary>
internal sealed class KeptFolder(IConfiguration configuration, IOptions<GatewayOptions> options) : IHostedService
{
    /// <summary>Makes it, where something is kept and all settings are right.</summary>
    /// <exception cref="OptionsValidationException">It cannot be made, or a setting is wrong.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (options.Value.Storage.Folder is { } folder && DevelopmentDefaults.KeepsSomething(configuration)) PrivateFiles.MakeFolder(Path.GetFullPath(folder));
            return Task.CompletedTask;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OptionsValidationException(nameof(GatewayOptions), typeof(GatewayOptions), [$"Storage__Folder cannot be made: {e.Message}"]);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
