namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Stands in for the worker's entry point.</summary>
public static class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
