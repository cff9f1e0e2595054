using System.Collections.Frozen;
using Gateway.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Tools;

/// <summary>All tools by their names. They are made when the first is called, or checked at start, and not where no caller has one.</summary>
internal sealed class ServerTools(Lazy<IEnumerable<ServerTool>> tools)
{
    private static readonly string Folder = Routes.Tool.Split('/')[0];

    private readonly Lazy<FrozenDictionary<string, ServerTool>> _byName = new(() => tools.Value.ToFrozenDictionary(static tool => tool.Name, StringComparer.Ordinal));

    /// <summary>The tool that a request names in its path; null where there is none, or the caller does not have it.</summary>
    public ServerTool? Find(HttpContext context, Caller caller)
    {
        // From the request's line: the host may put a prefix before the path, and slashes may be doubled.
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path is not [.., var folder, var name] || !folder.Equals(Folder, StringComparison.OrdinalIgnoreCase)) return null;
        return caller.Tools.Contains(name) ? _byName.Value.GetValueOrDefault(name) : null;
    }
}
