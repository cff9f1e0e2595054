namespace Benchmarks;

/// <summary>A number that must not be exceeded.</summary>
internal readonly record struct Bar(string Name, double Value, double Limit, string Unit)
{
    public bool IsMet => Value <= Limit;
}
