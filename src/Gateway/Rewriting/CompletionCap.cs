using Gateway.Options;
using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>How many tokens a completion may have, and in which field that is said.</summary>
internal readonly struct CompletionCap(ModelFamily family, RuleSet rules, CallerProfile profile, int limit, bool isReasoning)
{
    // Reasoning counts as completion, and with less than this it was seen to leave nothing to say.
    private const int LeastWhileReasoning = 1000;

    /// <summary>The cap for a request that has none; 0 for none.</summary>
    public int Default => limit == 0 ? 0 : Limit(limit);

    /// <summary>The field for a cap that the caller did not send.</summary>
    public Field DefaultField => FieldFor(family.CapField);

    /// <summary>The field in which a cap goes that the caller sent in this one.</summary>
    public Field FieldFor(Field field)
    {
        if (field == Field.MaxTokens && (family.WantsMaxCompletionTokens || rules.Renames(Field.MaxTokens))) field = Field.MaxCompletionTokens;
        if (field == Field.MaxCompletionTokens && rules.Renames(Field.MaxCompletionTokens)) field = Field.MaxTokens;
        return field;
    }

    /// <summary>What becomes of the caller's cap.</summary>
    public int Limit(int theirs)
    {
        var cap = limit == 0 ? theirs : Math.Min(theirs, limit);
        return profile == CallerProfile.Voice && isReasoning ? Math.Max(cap, LeastWhileReasoning) : cap;
    }
}
