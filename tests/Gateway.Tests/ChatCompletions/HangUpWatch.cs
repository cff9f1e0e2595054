using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Gateway.Tests.ChatCompletions;

/// <summary>Tells when the endpoint has taken note of a hang-up: nothing on the caller's side shows that.</summary>
internal sealed class HangUpWatch : IStartupFilter
{
    private readonly Channel<bool> _hangUps = Channel.CreateUnbounded<bool>();

    public Task NextAsync() => _hangUps.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, rest) =>
        {
            // The last who registers is told first, so the handler knows by the time that this one does.
            await using var hungUp = context.RequestAborted.UnsafeRegister(static hangUps => ((Channel<bool>)hangUps!).Writer.TryWrite(true), _hangUps);
            await rest(context);
        });
        next(app);
    };
}
