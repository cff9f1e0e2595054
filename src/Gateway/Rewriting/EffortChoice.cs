using Gateway.Options;
using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>Which <c>reasoning_effort</c> an attempt sends.</summary>
/// <param name="Sent">What it says.</param>
/// <param name="Ours">The effort to send in place of the caller's or of none; null where nothing of ours is sent.</param>
/// <param name="KeepsTheirs">Whether the caller's goes on.</param>
/// <param name="IsFixed">Whether it is what an api caller asks for, which is not changed.</param>
internal readonly record struct EffortChoice(SentEffort Sent, Effort? Ours = null, bool KeepsTheirs = false, bool IsFixed = false)
{
    public static EffortChoice Of(ChatRequest request, ModelFamily family, RuleSet rules, in RewriteContext context)
    {
        if ((family.Refuses | rules.Dropped).Contains(Field.ReasoningEffort)) return new(SentEffort.Absent);

        var isVoice = context.Profile == CallerProfile.Voice;
        var theirs = context.Drops.Fields.Contains(Field.ReasoningEffort) ? default : request.Value(Field.ReasoningEffort);
        var theirsIsNone = theirs.SequenceEqual(Effort.None.Json);
        var lowest = rules.LowestEffort ?? family.LowestEffort;

        // A voice caller's agent may keep an effort from the model it had before, and would be refused on every turn.
        if (request.HasTools && (theirs.IsEmpty || theirsIsNone || isVoice))
        {
            if (rules.EffortWithTools is { Action: RuleAction.Drop }) return new(SentEffort.Absent);
            // Where none was refused, the rule for tools asks for what cannot be had.
            var needsNone = (family.ToolsNeedEffortNone || rules.EffortWithTools is not null) && !rules.RefusesEffortNone;
            if (needsNone && !theirsIsNone) return Own(Effort.None);
        }

        if (!theirs.IsEmpty) return new(theirsIsNone ? SentEffort.None : SentEffort.Reasoning, KeepsTheirs: true, IsFixed: !isVoice && !theirsIsNone);
        return isVoice && lowest is not null ? Own(lowest) : new(SentEffort.Absent);
    }

    private static EffortChoice Own(Effort effort) => new(effort == Effort.None ? SentEffort.None : SentEffort.Reasoning, effort);
}
