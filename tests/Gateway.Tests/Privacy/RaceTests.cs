using System.Text;
using Gateway.EndUsers;
using Gateway.Storage;
using Gateway.Tests.Storage;
using Gateway.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Privacy;

/// <summary>An event is stored and its end user deleted at the same time: whichever comes between which steps of the other, nothing is left.</summary>
public sealed class RaceTests(Azurite azurite) : IDisposable
{
    private readonly InterruptedArchive _archive = new();

    private DateTimeOffset Started => _archive.Started;

    public void Dispose() => _archive.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deletion_AtAnyMomentOfAnEvent_Wins(bool isRecording)
    {
        for (var moment = 0; ; moment++)
        {
            await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
            // A recording names nobody: whose it is, the transcript has said.
            if (isRecording) Assert.Equal(WebhookOutcome.Stored, await _archive.StoreAsync(stored.Storage, Person.Anna.Transcript("conv_1", Started)));
            var storage = new InterruptedStorage(stored.Storage, moment, () => _archive.DeleteAsync(stored.Storage));

            var outcome = await _archive.StoreAsync(storage, isRecording ? Encoding.UTF8.GetString(Person.Anna.Recording("conv_1", Started)) : Person.Anna.Transcript("conv_1", Started));

            if (!storage.WasInterrupted)
            {
                // That was after its last step.
                Assert.Equal(WebhookOutcome.Stored, outcome);
                Assert.True(moment > 10);
                return;
            }

            await InterruptedArchive.AssertNothingAsync(stored.Folder, $"Deleted before step {moment}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deletion_AtAnyMomentOfAnEventThatIsAnnounced_LeavesNoMessage(bool isRecording)
    {
        for (var moment = 0; ; moment++)
        {
            await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Azurite, hasQueue: true);
            if (isRecording) Assert.Equal(WebhookOutcome.Stored, await _archive.StoreAsync(stored.Storage, Person.Anna.Transcript("conv_1", Started)));
            var storage = new InterruptedStorage(stored.Storage, moment, () => _archive.DeleteAsync(stored.Storage));

            var outcome = await _archive.StoreAsync(storage, isRecording ? Encoding.UTF8.GetString(Person.Anna.Recording("conv_1", Started)) : Person.Anna.Transcript("conv_1", Started));

            if (!storage.WasInterrupted)
            {
                Assert.Equal((WebhookOutcome.Stored, isRecording ? 2 : 1), (outcome, await stored.MessagesAsync()));
                Assert.True(moment > 10);
                return;
            }

            Assert.True(await stored.MessagesAsync() == 0, $"Deleted before step {moment}, and the message is there.");
        }
    }

    [Fact]
    public async Task Storage_FailingAtAnyStepOfAnEvent_LosesNoMessageAndTheDeletionLeavesNone()
    {
        for (var moment = 0; ; moment++)
        {
            await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Azurite, hasQueue: true);
            var storage = new InterruptedStorage(stored.Storage, moment, static () => throw new StorageUnavailableException("Storage: away"));

            await _archive.TryStoreAsync(storage, Person.Anna.Transcript("conv_1", Started));
            // What failed comes again.
            await _archive.StoreAsync(stored.Storage, Person.Anna.Transcript("conv_1", Started));

            Assert.True(await stored.MessagesAsync() > 0, $"Step {moment} failed, and no message is there.");
            await _archive.DeleteAsync(stored.Storage);
            Assert.True(await stored.MessagesAsync() == 0, $"Step {moment} failed, and a message is left.");
            if (!storage.WasInterrupted) return;
        }
    }

    [Fact]
    public async Task Deletion_AtAnyMomentOfAnEventThatComesAgain_Wins()
    {
        for (var moment = 0; ; moment++)
        {
            await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
            // While the memory was away.
            Assert.Equal(WebhookOutcome.Stored, await _archive.StoreAsync(stored.Storage, Person.Anna.Transcript("conv_1", Started)));
            var storage = new InterruptedStorage(stored.Storage, moment, () => _archive.DeleteAsync(stored.Storage));

            var outcome = await _archive.StoreAsync(storage, Person.Anna.Transcript("conv_1", Started), matched: "0123");

            if (!storage.WasInterrupted)
            {
                Assert.Equal(WebhookOutcome.Duplicate, outcome);
                return;
            }

            await InterruptedArchive.AssertNothingAsync(stored.Folder, $"Deleted before step {moment}");
        }
    }

    [Fact]
    public async Task Event_AtAnyMomentOfADeletion_IsDeletedOrForgotten()
    {
        for (var moment = 0; ; moment++)
        {
            await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
            await _archive.StoreAsync(stored.Storage, Person.Anna.Transcript("conv_0", Started));
            var outcome = WebhookOutcome.Rejected;
            var storage = new InterruptedStorage(stored.Storage, moment, async () => outcome = await _archive.StoreAsync(stored.Storage, Person.Anna.Transcript("conv_1", Started)));

            await _archive.DeleteAsync(storage);

            if (!storage.WasInterrupted)
            {
                Assert.True(moment > 8);
                return;
            }

            // Before the first tombstone nothing speaks against it.
            Assert.Equal(moment == 0 ? WebhookOutcome.Stored : WebhookOutcome.Forgotten, outcome);
            await InterruptedArchive.AssertNothingAsync(stored.Folder, $"Deleted before step {moment}");
        }
    }

    [Fact]
    public async Task Deletion_WhileACallIsRemembered_Wins()
    {
        PrivacyHost? host = null;
        var memory = new FailingMemory();
        memory.Remembering = () => host!.DeleteAsync(Person.Anna.Id);
        await using (host = await PrivacyHost.StartAsync(connectionString: null, memory: memory))
        {
            var answer = await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier));

            Assert.Equal("""{"status":"received"}""", answer.Body);
            // Once by the deletion, before it was remembered, and once behind it.
            Assert.Equal(2, memory.Deleted.Count);
            Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), name => name.Contains("conv_1", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task DeletionOfAnother_WhoseNumberTheCallNames_LeavesTheMemoryOfWhoHasSigned()
    {
        PrivacyHost? host = null;
        var memory = new FailingMemory();
        memory.Remembering = () => host!.DeleteAsync(Person.Bert.Number);
        await using (host = await PrivacyHost.StartAsync(connectionString: null, memory: memory))
        {
            // Anna calls from Bert's phone.
            await host.Webhooks.SendAsync((Person.Anna with { Number = Person.Bert.Number }).Transcript("conv_1", PrivacyHost.Earlier));

            var ids = host.Gateway.Services.GetRequiredService<EndUserIds>();
            Assert.Equal([ids.KeyOf(Person.Bert.Number)], memory.Deleted.Select(user => user.Key));
            Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), name => name.Contains("conv_1", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Deletion_WhileAToolRemembers_Wins()
    {
        PrivacyHost? host = null;
        var memory = new FailingMemory();
        memory.Remembering = () => host!.DeleteAsync(Person.Anna.Id);
        await using (host = await PrivacyHost.StartAsync(connectionString: null, new() { ["Callers:0:Tools:0"] = "remember" }, memory: memory))
        {
            var first = await RememberAsync(host);
            Assert.Contains("\"remembered\":false", first.Body, StringComparison.Ordinal);
            Assert.Equal(2, memory.Deleted.Count);

            // A deletion that is over concerns what was told before it alone.
            memory.Remembering = static () => Task.CompletedTask;
            host.Webhooks.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal("""{"result":{"remembered":true}}""", (await RememberAsync(host)).Body);
            Assert.Equal(2, memory.Deleted.Count);
        }
    }

    [Fact]
    public async Task Tool_WhoseStorageIsAway_SaysThatItHasRemembered()
    {
        // Nobody listens there.
        const string Away = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;QueueEndpoint=http://127.0.0.1:1/devstoreaccount1";
        var memory = new FailingMemory();
        await using var host = await PrivacyHost.StartAsync(Away, new() { ["Callers:0:Tools:0"] = "remember" }, memory: memory);

        Assert.Equal("""{"result":{"remembered":true}}""", (await RememberAsync(host)).Body);
    }

    private static Task<Answer> RememberAsync(PrivacyHost host)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "tools/remember") { Content = new StringContent("""{"name":"language","value":"de"}""", Encoding.UTF8, "application/json") };
        request.Headers.Add("x-api-key", GatewayHost.VoiceKey);
        request.Headers.Add("x-end-user", Person.Anna.Token(host.Webhooks.Time.GetUtcNow()));
        return host.Gateway.SendAsync(request);
    }
}
