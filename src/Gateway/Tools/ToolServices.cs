using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tools;

/// <summary>Registers tools.</summary>
public static class ToolServices
{
    /// <summary>Adds a tool. A caller's agents may call it where <c>Callers__N__Tools</c> has its name.</summary>
    public static IServiceCollection AddServerTool<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(this IServiceCollection services)
        where T : ServerTool => services.AddSingleton<ServerTool, T>();
}
