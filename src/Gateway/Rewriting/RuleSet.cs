using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>The rules that a deployment has taught so far; it does not change.</summary>
internal sealed class RuleSet(LearnedRule[] rules)
{
    public static readonly RuleSet Empty = new([]);

    public ReadOnlySpan<LearnedRule> Rules => rules;

    /// <summary>The parameters that are not sent.</summary>
    public FieldSet Dropped { get; } = FieldSet.Of([.. rules.Where(static rule => rule is { Action: RuleAction.Drop, WithTools: false }).Select(static rule => rule.Parameter)]);

    /// <summary>The lowest effort that is taken; null where nothing was learned of it.</summary>
    public Effort? LowestEffort => Find(Field.ReasoningEffort)?.Effort;

    /// <summary>Whether <c>none</c> was refused.</summary>
    public bool RefusesEffortNone => LowestEffort is { } lowest && lowest != Effort.None;

    /// <summary>What tools need of the effort; null where nothing was learned of it.</summary>
    public LearnedRule? EffortWithTools => Find(Field.ReasoningEffort, withTools: true);

    public bool Renames(Field parameter) => Find(parameter)?.Action == RuleAction.Rename;

    public LearnedRule? Find(Field parameter, bool withTools = false)
    {
        foreach (var rule in rules)
        {
            if (rule.IsAbout(parameter, withTools)) return rule;
        }

        return null;
    }
}
