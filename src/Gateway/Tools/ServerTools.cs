using System.Collections.Frozen;
using Gateway.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Tools;

/// <summary>All tools by their names. They are made when the first is called, or checked at start, and not where no caller has one.</summary>
internal sealed class ServerTools(Lazy<IEnumerable<ServerTool>> tools)
{
    private readonly Lazy<FrozenDictionary<string, ServerTool>> _byName = new(() => tools.Value.ToFrozenDictionary(static tool => tool.Name, StringComparer.Ordinal));

    /// <summary>The tool that a request names in its path; null where there is none, or the caller does not have it.</summary>
    public ServerTool? Find(HttpContext context, Caller caller)
    {
        // From the request's line: the path is not the same under both hosts, which may put a prefix before it.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].TrimEnd('/');
        var name = target[(target.LastIndexOf('/') + 1)..];
        return caller.Tools.Contains(name) ? _byName.Value.GetValueOrDefault(name) : null;
    }
}
