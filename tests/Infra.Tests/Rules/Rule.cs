namespace Infra.Tests.Rules;

/// <summary>What must hold for every deployment, and what would break it: each plant must be found.</summary>
internal sealed record Rule(string Name, Func<Snapshot, IEnumerable<string>> Violations, params Action<Snapshot>[] Plants);
