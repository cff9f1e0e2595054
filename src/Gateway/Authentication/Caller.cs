using Gateway.CallStart;
using Gateway.Options;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Speech;
using Gateway.Turns;

namespace Gateway.Authentication;

/// <summary>Who presents a key, with everything that a turn of theirs needs to know.</summary>
internal sealed record Caller
{
    public required string Name { get; init; }

    public required CallerProfile Profile { get; init; }

    public required TurnLimits Limits { get; init; }

    /// <summary>The most tokens of a completion; 0 for no limit.</summary>
    public int MaxCompletionTokens { get; init; }

    /// <summary>What the caller's agent may say without a model.</summary>
    public required CallerSpeech Speech { get; init; }

    /// <summary>What the caller's system messages get; null for nothing.</summary>
    public SystemAdditions? System { get; init; }

    /// <summary>Whether earlier calls are remembered.</summary>
    public bool HasMemory { get; init; }

    /// <summary>The names of the tools that the caller's agents may call.</summary>
    public IReadOnlyCollection<string> Tools { get; init; } = [];

    /// <summary>The name of the secret with the caller's key.</summary>
    public required string KeySecret { get; init; }

    /// <summary>The models that the caller may use, in order of configuration.</summary>
    public required IReadOnlyList<Route> Routes { get; init; }

    public required Route DefaultRoute { get; init; }

    /// <summary>Whether answers carry the name that the caller asked for.</summary>
    public required bool AnswerWithRequestedModel { get; init; }

    /// <summary>Whether answers carry what happened in the turn.</summary>
    public bool TurnDetails { get; init; }

    /// <summary>Whether a second call may start beside a stream that is late.</summary>
    public bool Hedging { get; init; } = true;

    /// <summary>Whether what nobody can speak is taken out of answers.</summary>
    public required bool Speakable { get; init; }

    /// <summary>What the caller's newest turns began with; null where nobody wants to know.</summary>
    public SeenPrompt? SeenPrompt { get; init; }

    /// <summary>The route of a model. Names are few, so looking at each beats hashing.</summary>
    public Route? FindRoute(string model)
    {
        foreach (var route in Routes)
        {
            if (string.Equals(route.Model, model, StringComparison.Ordinal)) return route;
        }

        return null;
    }
}
