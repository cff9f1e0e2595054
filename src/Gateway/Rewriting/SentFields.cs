using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>What an attempt's request has in it, as far as an upstream may refuse it.</summary>
/// <param name="Fields">The known fields that are sent.</param>
/// <param name="Ours">Those whose value is not the caller's.</param>
/// <param name="Effort">What <c>reasoning_effort</c> says.</param>
/// <param name="OurEffort">The effort that is sent in place of the caller's or of none; null where nothing of ours is sent.</param>
/// <param name="EffortIsFixed">Whether the effort is what an api caller asks for, which is not changed.</param>
internal readonly record struct SentFields(FieldSet Fields, FieldSet Ours, SentEffort Effort, Effort? OurEffort, bool EffortIsFixed);
