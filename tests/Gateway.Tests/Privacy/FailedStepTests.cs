using System.Text;
using Gateway.Storage;
using Gateway.Tests.Storage;
using Gateway.Webhooks;

namespace Gateway.Tests.Privacy;

/// <summary>The storage fails at one step of an event: what comes again ends as if it had not.</summary>
public sealed class FailedStepTests(Azurite azurite) : IDisposable
{
    private const string Signature = "0123";

    private readonly InterruptedArchive _archive = new();

    private string Transcript => Person.Anna.Transcript("conv_1", _archive.Started);

    public void Dispose() => _archive.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Event_AnsweredAsUnavailable_IsNoReplayTheNextTime(bool wasKept, bool isCancelled)
    {
        for (var step = 0; ; step++)
        {
            await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
            // While the memory was away.
            if (wasKept) Assert.Equal(WebhookOutcome.Stored, await _archive.StoreAsync(stored.Storage, Transcript));
            var storage = new InterruptedStorage(stored.Storage, step, () => Fail(isCancelled));

            var first = await _archive.TryStoreAsync(storage, Transcript, Signature);
            var second = await _archive.StoreAsync(stored.Storage, Transcript, Signature);

            Assert.True(first is null or WebhookOutcome.Stored or WebhookOutcome.Duplicate);
            if (first is null) Assert.True(second is WebhookOutcome.Stored or WebhookOutcome.Duplicate, $"Step {step} failed, and the next try is {second}.");
            else Assert.Equal(WebhookOutcome.Replayed, second);
            if (!storage.WasInterrupted)
            {
                Assert.True(step > (wasKept ? 6 : 10));
                return;
            }
        }
    }

    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(true, true, 0)]
    [InlineData(false, false, -1)]
    [InlineData(false, false, 1)]
    public async Task CleaningUpBehindADeletion_FailedAtAnyStep_IsDoneByTheNextTry(bool wasKept, bool isCancelled, int recorded)
    {
        var (cleaned, unknown) = (0, 0);
        for (var moment = 0; ; moment++)
        {
            for (var step = moment + 1; ; step++)
            {
                await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
                if (wasKept) Assert.Equal(WebhookOutcome.Stored, await _archive.StoreAsync(stored.Storage, Transcript));
                // Midnight may be between the two: what comes is filed under the day of what is there.
                if (recorded != 0) Assert.Equal(WebhookOutcome.Stored, await _archive.StoreAsync(stored.Storage, Encoding.UTF8.GetString(Person.Anna.Recording("conv_1", _archive.Started.AddDays(recorded)))));
                var deleting = new InterruptedStorage(stored.Storage, moment, () => _archive.DeleteAsync(stored.Storage));
                var failing = new InterruptedStorage(deleting, step, () => Fail(isCancelled));

                var first = await _archive.TryStoreAsync(failing, Transcript, Signature);
                if (!deleting.WasInterrupted)
                {
                    // Neither came before its last step.
                    Assert.Equal((2, true), (unknown, cleaned > 50));
                    return;
                }

                if (!failing.WasInterrupted) break;
                if (first is WebhookOutcome.Stored or WebhookOutcome.Duplicate && failing.Interrupted == "get tombstone")
                {
                    // Nobody could be asked whether they were deleted.
                    unknown++;
                    continue;
                }

                if (first is null) Assert.Equal(WebhookOutcome.Forgotten, await _archive.StoreAsync(stored.Storage, Transcript, Signature));
                await InterruptedArchive.AssertNothingAsync(stored.Folder, $"Deleted before step {moment}, step {step} failed");
                cleaned++;
            }
        }
    }

    private static Task Fail(bool isCancelled) => Task.FromException(isCancelled ? new OperationCanceledException() : new StorageUnavailableException("Storage: away"));
}
