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
            // The last who registers is told first, so the handler knows by the time that this one does; it may even have returned.
            var told = 0;
            await using var hungUp = context.RequestAborted.UnsafeRegister(_ => Tell(), null);
            await rest(context);
            if (context.RequestAborted.IsCancellationRequested) Tell();

            void Tell()
            {
                if (Interlocked.Exchange(ref told, 1) == 0) _hangUps.Writer.TryWrite(true);
            }
        });
        next(app);
    };
}
