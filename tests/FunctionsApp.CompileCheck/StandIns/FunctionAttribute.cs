namespace Microsoft.Azure.Functions.Worker;

/// <summary>Stands in for the attribute that names a function.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
