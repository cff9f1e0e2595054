namespace Gateway.Memory;

/// <summary>What is known of an end user from earlier calls.</summary>
/// <param name="Facts">What has a name, such as <c>preferred_name</c>; newest first.</param>
/// <param name="Notes">What was said in earlier calls, one text each; newest first.</param>
internal sealed record Recollection(IReadOnlyList<KeyValuePair<string, string>> Facts, IReadOnlyList<string> Notes)
{
    /// <summary>How names of facts are told apart: not by capitals, because agents, backends and settings write them as they like.</summary>
    public static StringComparer Names => StringComparer.OrdinalIgnoreCase;

    public static Recollection Nothing { get; } = new([], []);

    public bool IsEmpty => Facts.Count == 0 && Notes.Count == 0;
}
