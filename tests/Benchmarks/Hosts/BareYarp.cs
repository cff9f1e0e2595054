namespace Benchmarks.Hosts;

/// <summary>YARP as a forwarder to one address, with its defaults.</summary>
internal static class BareYarp
{
    public static WebApplication Build(Uri upstream)
    {
        var builder = HostRole.NewBuilder();
        builder.Services.AddHttpForwarder();
        var app = builder.Build();
        app.MapForwarder("/openai/{**rest}", upstream.AbsoluteUri);
        return app;
    }
}
