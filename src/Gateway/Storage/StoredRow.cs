namespace Gateway.Storage;

/// <summary>A row of a table.</summary>
/// <param name="Partition">Which rows are listed together. Keys are of letters, digits, <c>-</c>, <c>_</c> and <c>.</c>: a table takes few others, and a folder of files fewer.</param>
/// <param name="Key">Which of them it is, and where it stands in their order.</param>
/// <param name="Expires">When it ceases to count.</param>
/// <param name="Values">What it says.</param>
internal sealed record StoredRow(string Partition, string Key, DateTimeOffset Expires, IReadOnlyDictionary<string, string> Values);
