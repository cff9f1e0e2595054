namespace Microsoft.Azure.Functions.Worker;

/// <summary>Stands in for an invocation.</summary>
public abstract class FunctionContext
{
    public virtual CancellationToken CancellationToken => CancellationToken.None;
}
