using Gateway.Memory;
using Gateway.Options;

namespace Gateway.CallStart;

/// <summary>What is wrong with the settings of the start of calls, by the settings' names.</summary>
internal static class CallStartRules
{
    // ElevenLabs takes 256 KB; the rest is names and braces.
    private const int LongestAnswer = 240 * 1024;

    private const int MaxVariables = 256;

    public static IEnumerable<string> Wrong(GatewayOptions options) =>
        options.Callers.Index().Where(static entry => entry.Item.CallStart.Enabled).SelectMany(static entry => Wrong($"Callers__{entry.Index}__CallStart__", entry.Item.CallStart, LowRiskFacts.Of(entry.Item.Memory)));

    private static IEnumerable<string> Wrong(string setting, CallStartOptions start, IReadOnlyCollection<string> lowRisk)
    {
        if (start.RecallBudget <= TimeSpan.Zero || start.RecallBudget > CallStartOptions.LongestBudget)
            yield return $"{setting}RecallBudget must be above zero and at most {CallStartOptions.LongestBudget.TotalMilliseconds} ms, such as 00:00:00.150: a bare 1 is a day.";
        if (start.DynamicVariables.Count > MaxVariables) yield return $"{setting}DynamicVariables must be at most {MaxVariables}.";

        var length = 0;
        foreach (var (name, text, mayIdentify) in Texts(start))
        {
            if (text is null) continue;
            if (CallTemplate.Parse(text) is not { } template)
            {
                yield return $"{setting}{name} has a << without a >>.";
                continue;
            }

            foreach (var place in template.Names)
            {
                if (WrongPlace(place, mayIdentify, lowRisk) is { } wrong) yield return $"{setting}{name} has <<{place}>>{wrong}";
            }

            length += template.LongestJson;
        }

        if (length > LongestAnswer) yield return $"{setting}DynamicVariables, the overrides and ExtraBody come to {length} bytes with all that may be put in; ElevenLabs takes {LongestAnswer}.";
        if (start.ExtraBody is { Length: > 0 } body && CallTemplate.Parse(body)?.IsJsonObject() == false) yield return $"{setting}ExtraBody must be a JSON object, in which places stand inside of strings.";
        if (start.Language is { Length: > 0 } language && !language.Contains("<<", StringComparison.Ordinal) && !LanguageCode.IsOne(language)) yield return $"{setting}Language must be a language's code, such as de.";
        foreach (var wrong in Names(setting, start)) yield return wrong;
    }

    private static IEnumerable<(string Name, string? Text, bool MayIdentify)> Texts(CallStartOptions start) =>
    [
        .. start.DynamicVariables.Index().Select(static entry => ($"DynamicVariables__{entry.Index}__Value", (string?)entry.Item.Value, IsSecret(entry.Item.Name))),
        (nameof(start.FirstMessage), start.FirstMessage, false), (nameof(start.Prompt), start.Prompt, false), (nameof(start.Language), start.Language, false), (nameof(start.VoiceId), start.VoiceId, false),
        (nameof(start.ExtraBody), start.ExtraBody, true),
    ];

    private static IEnumerable<string> Names(string setting, CallStartOptions start)
    {
        foreach (var (i, variable) in start.DynamicVariables.Index())
        {
            var name = variable.Name;
            if (name.Length == 0 || !name.All(IsOfAName)) yield return $"{setting}DynamicVariables__{i}__Name must be of letters, digits and '_' alone, and not empty.";
            else if (name.StartsWith("system__", StringComparison.Ordinal)) yield return $"{setting}DynamicVariables__{i}__Name must not begin with system__: those are ElevenLabs' own.";
            else if (name == CallStartAnswer.EndUserVariable) yield return $"{setting}DynamicVariables__{i}__Name must not be {CallStartAnswer.EndUserVariable}: that is there by itself.";
            else if (start.DynamicVariables.Take(i).Any(other => other.Name == name)) yield return $"{setting}DynamicVariables__{i}__Name is there already.";
        }
    }

    private static string? WrongPlace(string name, bool mayIdentify, IReadOnlyCollection<string> lowRisk)
    {
        if (name == CallFacts.EndUser) return mayIdentify ? null : ", which is for ExtraBody and for variables that begin with secret__ alone: a model would read it.";
        if (name == "caller_id") return ": the caller's number is in no answer. ElevenLabs has it as {{system__caller_id}}.";
        if (CallFacts.OfTheCall.Contains(name)) return null;
        if (!name.StartsWith(CallFacts.Memory, StringComparison.Ordinal)) return $", which is none of {string.Join(", ", CallFacts.OfTheCall)}, {CallFacts.EndUser} and {CallFacts.Memory}NAME.";
        return lowRisk.Contains(name[CallFacts.Memory.Length..]) ? null : $", which a number alone does not recall; {string.Join(" and ", lowRisk.Order(StringComparer.Ordinal))} are.";
    }

    private static bool IsSecret(string name) => name.StartsWith("secret__", StringComparison.Ordinal);

    private static bool IsOfAName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
