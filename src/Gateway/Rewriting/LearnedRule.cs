using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>What an upstream's refusal has taught about one parameter.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Action">What is done to it.</param>
/// <param name="WithTools">Whether that is done only to requests with tools.</param>
/// <param name="Effort">The effort of a <see cref="RuleAction.Set"/>: with tools that which they need, else the lowest that is taken.</param>
internal sealed record LearnedRule(Field Parameter, RuleAction Action, bool WithTools = false, Effort? Effort = null)
{
    /// <summary>When it was learned, as a timestamp of the clock.</summary>
    public long LearnedAt { get; init; }

    public bool IsAbout(Field parameter, bool withTools) => Parameter == parameter && WithTools == withTools;

    public bool SaysTheSameAs(LearnedRule other) => IsAbout(other.Parameter, other.WithTools) && Action == other.Action && Effort == other.Effort;

    public override string ToString() => Parameter.Name + Action switch
    {
        RuleAction.Drop => " is dropped",
        RuleAction.Rename => $" is sent as {(Parameter == Field.MaxTokens ? Field.MaxCompletionTokens : Field.MaxTokens).Name}",
        _ => $" is '{Effort!.Name}'",
    } + (WithTools ? " with tools" : Action == RuleAction.Set ? " at the lowest" : "");
}
