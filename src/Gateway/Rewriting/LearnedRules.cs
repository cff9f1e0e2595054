using Gateway.Requests;
using Gateway.Upstream;
using Microsoft.Extensions.Logging;

namespace Gateway.Rewriting;

/// <summary>
/// What one deployment has taught by refusing parameters: a turn that it refuses is sent again with the rule that its refusal teaches, and the turns
/// after it begin with the rule. A rule is forgotten after a day, because deployments change their models.
/// </summary>
internal sealed partial class LearnedRules(string deployment, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>
    /// The parameters about which a rule can be learned: an answer without them is still an answer to what was asked. There is at most one rule for each, and
    /// one more for the effort with tools, and so fewer than the 32 that a deployment may have.
    /// </summary>
    public static readonly FieldSet Parameters = FieldSet.Of(
        Field.Temperature, Field.TopP, Field.PresencePenalty, Field.FrequencyPenalty, Field.Logprobs, Field.TopLogprobs, Field.LogitBias, Field.Seed,
        Field.MaxTokens, Field.MaxCompletionTokens, Field.ReasoningEffort, Field.Verbosity,
        Field.PromptCacheKey, Field.PromptCacheRetention, Field.PromptCacheOptions,
        Field.StreamOptions, Field.ParallelToolCalls, Field.ServiceTier, Field.User, Field.SafetyIdentifier, Field.Metadata, Field.ElevenLabsExtraBody);

    private readonly Lock _learning = new();
    private volatile RuleSet _current = RuleSet.Empty;

    /// <summary>The rules that hold now.</summary>
    public RuleSet Current => HasExpired(_current) ? Forget() : _current;

    /// <summary>
    /// Looks at a 400 of the deployment. True when the turn should try it again at once: a rule was learned, by this turn or meanwhile by another,
    /// or the caller's value is left out of this turn's further attempts.
    /// </summary>
    /// <param name="error">What it said.</param>
    /// <param name="request">The caller's request.</param>
    /// <param name="sent">What was sent of it.</param>
    /// <param name="drops">What this turn leaves out.</param>
    public bool TryLearn(UpstreamError error, ChatRequest request, SentFields sent, ref TurnDrops drops)
    {
        var (kind, fields) = ParameterComplaint.Of(error, Parameters, namesInMessage: !request.HasOddName);
        // A complaint about what was not sent is either not about this request or of somebody else's making.
        if (kind == ComplaintKind.None || (kind != ComplaintKind.EffortWithTools && !fields.All(sent.Fields.Contains))) return false;

        switch (kind)
        {
            case ComplaintKind.Parameter:
                foreach (var field in fields) Learn(Refused(field));
                return true;
            case ComplaintKind.Value or ComplaintKind.InvalidValue when sent.Ours.Contains(fields[0]):
                Learn(RefusedValue(fields[0], error.Message ?? "", sent));
                return true;
            case ComplaintKind.Value:
                drops.Add(fields[0]);
                return true;
            case ComplaintKind.EffortWithTools:
                return request.HasTools && TryLearnEffortWithTools(sent);
            default:
                return false;
        }
    }

    /// <summary>One line for each rule.</summary>
    public IEnumerable<string> Describe() => Current.Rules.ToArray().Select(static rule => rule.ToString());

    private LearnedRule Refused(Field field)
    {
        var other = field switch
        {
            Field.MaxTokens => Field.MaxCompletionTokens,
            Field.MaxCompletionTokens => Field.MaxTokens,
            _ => Field.Unknown,
        };
        // A cap that is refused under one name is taken under the other, unless that was refused before.
        return new LearnedRule(field, other != Field.Unknown && Current.Find(other) is null ? RuleAction.Rename : RuleAction.Drop);
    }

    /// <summary>A value of ours that is refused would be refused in every turn.</summary>
    private static LearnedRule RefusedValue(Field field, string message, SentFields sent)
    {
        var supported = message.IndexOf("Supported values are", StringComparison.Ordinal);
        return field == Field.ReasoningEffort && supported >= 0 && Effort.LowestIn(message.AsSpan(supported)) is { } lowest && lowest != sent.OurEffort
            ? new LearnedRule(field, RuleAction.Set, Effort: lowest)
            : new LearnedRule(field, RuleAction.Drop);
    }

    private bool TryLearnEffortWithTools(SentFields sent)
    {
        if (sent.EffortIsFixed) return false;

        // First none, which most ask for; where that is what was refused, nothing. Some refuse tools with the one and with the other.
        var noneIsRefused = sent.Effort == SentEffort.None || Current.RefusesEffortNone || Current.EffortWithTools is { Action: RuleAction.Drop };
        if (noneIsRefused && sent.Effort == SentEffort.Absent) return false;
        Learn(new LearnedRule(Field.ReasoningEffort, noneIsRefused ? RuleAction.Drop : RuleAction.Set, WithTools: true, noneIsRefused ? null : Effort.None));
        return true;
    }

    private void Learn(LearnedRule rule)
    {
        lock (_learning)
        {
            var rules = Current.Rules.ToArray();
            // Turns that ran side by side are refused side by side.
            if (rules.Any(rule.SaysTheSameAs)) return;
            _current = new RuleSet([.. rules.Where(known => !known.IsAbout(rule.Parameter, rule.WithTools)), rule with { LearnedAt = time.GetTimestamp() }]);
        }

        LogLearned(log, deployment, rule, Lifetime.TotalHours);
    }

    private bool HasExpired(RuleSet rules)
    {
        foreach (var rule in rules.Rules)
        {
            if (HasExpired(rule)) return true;
        }

        return false;
    }

    private bool HasExpired(LearnedRule rule) => time.GetElapsedTime(rule.LearnedAt) >= Lifetime;

    private RuleSet Forget()
    {
        lock (_learning) return _current = new RuleSet([.. _current.Rules.ToArray().Where(rule => !HasExpired(rule))]);
    }

    [LoggerMessage(110, LogLevel.Warning, "Deployment {Deployment} refused a parameter. For the next {Hours} h: {Rule}.")]
    private static partial void LogLearned(ILogger log, string deployment, LearnedRule rule, double hours);
}
