using System.Net;
using System.Text;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Privacy;
using Gateway.Storage;
using Gateway.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Privacy;

/// <summary>A call is remembered while its end user is deleted, and the memory fails half way: what it has written already does not stay.</summary>
public sealed class FailedRememberingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fails", "true")]
    [InlineData("fails", "false")]
    [InlineData("hangs", "true")]
    [InlineData("away", "true")]
    [InlineData("away", "false")]
    public async Task Deletion_WhileACallIsRememberedInPart_Wins(string how, string keeps)
    {
        PrivacyHost? host = null;
        var memory = new FailingMemory();
        memory.Remembering = () => host!.DeleteAsync(Person.Anna.Id);
        memory.HalfWay = cancellationToken =>
        {
            // Away: also for who would undo it.
            memory.Fails = how == "away";
            return how == "hangs" ? memory.HangAsync(cancellationToken) : throw new MemoryUnavailableException("Memory: away");
        };
        await using (host = await PrivacyHost.StartAsync(connectionString: null, new() { ["Webhooks:KeepTranscripts"] = keeps, ["Webhooks:KeepAudio"] = keeps }, memory: memory))
        {
            var body = Person.Anna.Transcript("conv_1", PrivacyHost.Earlier);

            var sending = host.Webhooks.SendAsync(body);
            if (how == "hangs")
            {
                await memory.HangingAsync();
                host.Webhooks.Time.Advance(TimeSpan.FromSeconds(20));
            }

            var first = await sending.WaitAsync(TestTimeouts.Default, Ct);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable"), (first.Status, first.ErrorCode));
            Assert.Equal(how != "away", memory.Known.IsEmpty);

            (memory.Fails, memory.Remembering, memory.HalfWay) = (false, static () => Task.CompletedTask, static _ => Task.CompletedTask);
            host.Webhooks.Time.Advance(TimeSpan.FromMinutes(20));
            var second = await host.Webhooks.SendAsync(body);

            Assert.Equal((HttpStatusCode.OK, """{"status":"received"}"""), (second.Status, second.Body));
            Assert.Empty(memory.Known);
            Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), name => name.Contains("conv_1", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Deletion_WhileACallIsRemembered_WinsWhicheverLookAtTheTombstonesFails()
    {
        for (var step = 0; ; step++)
        {
            PrivacyHost? host = null;
            var memory = new FailingMemory();
            memory.Remembering = () => host!.DeleteAsync(Person.Anna.Id);
            await using (host = await PrivacyHost.StartAsync(connectionString: null, memory: memory))
            {
                var storage = new InterruptedStorage(
                    host.Gateway.Services.GetRequiredService<Lazy<IStorage>>().Value, step, static () => Task.FromException(new StorageUnavailableException("Storage: away")));
                using var parser = new WebhookParser();
                parser.Append(Encoding.UTF8.GetBytes(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier)));
                parser.Complete();
                var remembering = Remembering(host, storage);

                var isAway = await Record.ExceptionAsync(() => remembering.RememberAsync(parser.Event, Ct)) is StorageUnavailableException;
                Assert.Equal(storage.WasInterrupted, isAway);
                Assert.Empty(memory.Known);
                if (!isAway)
                {
                    // There were no more looks.
                    Assert.True(step > 3);
                    return;
                }

                Assert.False(await remembering.RememberAsync(parser.Event, Ct));
                Assert.Empty(memory.Known);
            }
        }
    }

    [Fact]
    public async Task Call_ThatComesLongAfterTheDeletion_LeavesWhatALaterOneHasLeft()
    {
        var memory = new FailingMemory();
        await using var host = await PrivacyHost.StartAsync(connectionString: null, memory: memory);
        await host.DeleteAsync(Person.Anna.Id);
        host.Webhooks.Time.Advance(TimeSpan.FromHours(2));
        await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_2", host.Webhooks.Time.GetUtcNow().AddMinutes(-10)));

        await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier));

        Assert.Equal("conv_2", Assert.Single(memory.Known).Value);
    }

    private static PostCallMemory Remembering(PrivacyHost host, IStorage storage)
    {
        var services = host.Gateway.Services;
        var tombstones = new Tombstones(storage, new StorageOptions(), services.GetRequiredService<EndUserIds>(), host.Webhooks.Time);
        var forgotten = new ForgottenCalls(storage, tombstones, new CallRemoval(storage), services.GetRequiredService<CallEndUsers>());
        return new PostCallMemory(services.GetRequiredService<Lazy<CallerMemories>>(), new Lazy<ForgottenCalls>(forgotten), host.Webhooks.Time);
    }
}
