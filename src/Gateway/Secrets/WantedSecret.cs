namespace Gateway.Secrets;

/// <summary>A secret to read, and how many of its active versions count: 2 where a key is rotated by setting a new version, else 1.</summary>
internal sealed record WantedSecret(string Name, int Versions = 1);
