using System.Globalization;
using System.Text;
using Gateway.ElevenLabs;
using Gateway.Memory;
using Gateway.Options;
using Gateway.Secrets;
using Gateway.Storage;
using Gateway.Webhooks;

namespace Gateway.Backfill;

/// <summary>
/// Fetches from ElevenLabs what its webhook should have brought and did not, and stores it as the webhook would have. What is there already is left alone, so it can
/// be run again, and goes on where it was stopped. One call at a time, and never more of one in memory than a block.
/// </summary>
public sealed class CallBackfill
{
    private const int BlockBytes = 256 * 1024;

    // In place of a signature: a transcript without either was stored while the memory was away.
    private const string Fetched = "fetched";

    private static readonly TimeSpan LoadWait = TimeSpan.FromSeconds(60);

    // An hour's recording is some 60 MB.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(10);

    private readonly GatewayOptions _options;
    private readonly SecretStore _secrets;
    private readonly Lazy<CallArchive> _archive;
    private readonly PostCallMemory? _memory;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    internal CallBackfill(GatewayOptions options, SecretStore secrets, Lazy<CallArchive> archive, PostCallMemory? memory, HttpClient http, TimeProvider time) =>
        (_options, _secrets, _archive, _memory, _http, _time) = (options, secrets, archive, memory, http, time);

    private WebhookOptions Webhooks => _options.Webhooks;

    /// <summary>Runs it. The host need not be started: of its services only the secrets are needed, and they are read by this.</summary>
    /// <exception cref="InvalidOperationException">A setting or secret is absent without which there is nothing to do; the message names it.</exception>
    public async Task<BackfillReport> RunAsync(BackfillRange range, CancellationToken cancellationToken)
    {
        if (!Webhooks.Enabled || (!Webhooks.KeepsAnything && _memory is null))
            throw new InvalidOperationException("Nothing is kept: set Webhooks__Enabled, and Webhooks__KeepTranscripts, Webhooks__KeepAudio or a caller's memory.");
        if (_options.ElevenLabs.KeySecret is not { } name) throw new InvalidOperationException("ElevenLabs__KeySecret is required: the name of the secret with an ElevenLabs API key.");
        await _secrets.StartAsync(cancellationToken);
        var secrets = await _secrets.LoadedAsync(LoadWait, cancellationToken);
        if (secrets?.Newest(name) is not { } key) throw Absent(name);
        // Without it no tombstone is found and nobody's call is listed. The one that signs is needed by calls that are signed alone.
        if (secrets.Newest(_options.EndUserKeySecret) is null) throw Absent(_options.EndUserKeySecret);

        var client = new ElevenLabsClient(_http, _options.ElevenLabs.Endpoint, key, _time);
        var report = new BackfillReport();
        var now = _time.GetUtcNow();
        // What is older would be deleted again.
        var oldest = now - _options.Storage.Retention;
        try
        {
            await foreach (var call in client.ListAsync(range.Since > oldest ? range.Since : oldest, range.Until ?? now, range.AgentId, cancellationToken))
            {
                report.Listed++;
                if (call.IsFinal) await AddAsync(client, call, report, cancellationToken);
                else report.NotDone++;
            }
        }
        catch (ElevenLabsException e)
        {
            report.Stopped = $"ElevenLabs' list: {e.Message}";
        }
        catch (StorageUnavailableException e)
        {
            report.Stopped = e.Message;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            report.Stopped = "cancelled";
        }

        return report;
    }

    private async Task AddAsync(ElevenLabsClient client, ListedConversation call, BackfillReport report, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CallTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            if (!WebhookParser.IsWord(call.AgentId) || !WebhookParser.IsWord(call.ConversationId))
            {
                report.Fail("an id that cannot be");
                return;
            }

            // Where nothing is kept, nothing says what is there; whatever is remembered twice is remembered once.
            var entries = Webhooks.KeepsAnything ? await _archive.Value.FindAsync(call.ConversationId, either.Token) : [];
            var there = entries.Find(entry => entry.Type == WebhookEvent.Transcription && (entry.Blob is not null || !Webhooks.KeepTranscripts));
            var transcript = there is null || (_memory is not null && there.Signature.Length == 0);
            var recording = Webhooks.KeepAudio && !entries.Exists(static entry => entry.Type == WebhookEvent.Audio);
            if (!transcript && !recording)
            {
                report.There++;
                return;
            }

            // The transcript first: its rows say whose recording it is.
            var (before, hasRecording) = (report.Counted, await AddTranscriptAsync(client, call, isNew: transcript, report, either.Token));
            if (recording && hasRecording == true) await AddRecordingAsync(client, call, report, either.Token);
            else if (report.Counted == before) report.There++;
        }
        catch (ElevenLabsException e)
        {
            report.Fail(e.Message);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            report.Fail("an answer that broke off");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            report.Fail("no answer in time");
        }
    }

    /// <summary>Whether there is a recording; null where the transcript is not what it should be, or of a call that is forgotten.</summary>
    private async Task<bool?> AddTranscriptAsync(ElevenLabsClient client, ListedConversation call, bool isNew, BackfillReport report, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(call.ConversationId, cancellationToken);
        await using var body = new EnclosedStream(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"type":"{{WebhookEvent.Transcription}}","event_timestamp":{{call.Ended.ToUnixTimeSeconds()}},"data":""")),
            await response.Content.ReadAsStreamAsync(cancellationToken),
            "}"u8.ToArray());
        await using var delivery = new Delivery(signature: null, isNew ? Webhooks : new WebhookOptions(), () => _archive.Value);
        var failure = await delivery.ReadAsync(body, cancellationToken) ?? delivery.Check();
        if (delivery.StorageFailure is { } away) throw new StorageUnavailableException(away);
        if (failure is null && (delivery.Event.ConversationId != call.ConversationId || delivery.Event.AgentId != call.AgentId)) failure = WebhookParser.Missing("data.conversation_id");
        if (failure is not null)
        {
            report.Fail($"a transcript that cannot be read: {failure.Code}");
            return null;
        }

        if (isNew && _options.KnowsEndUsers && delivery.Event.IsSigned && _secrets.Current?.Newest(_options.EndUserSigningSecret) is null)
        {
            report.Fail($"signed, and the secret {_options.EndUserSigningSecret} is absent");
            return null;
        }

        if (isNew)
        {
            // Before the row that says that it is there. What is kept does not wait for a memory: it is kept without the word then, and fetched again by the next run.
            var (isForgotten, isAway) = await RememberAsync(delivery.Event, report, cancellationToken);
            var outcome = await delivery.KeepAsync(isAway ? "" : Fetched, cancellationToken);
            if (outcome == WebhookOutcome.Forgotten || (outcome == WebhookOutcome.NotKept && isForgotten))
            {
                report.Forgotten++;
                return null;
            }

            if (outcome == WebhookOutcome.Stored || (outcome == WebhookOutcome.NotKept && !isAway)) report.Transcripts++;
        }

        return delivery.Event.HasRecording;
    }

    /// <summary>Whether the call is of somebody who was deleted, and whether the memory could not take it.</summary>
    private async Task<(bool IsForgotten, bool IsAway)> RememberAsync(WebhookEvent call, BackfillReport report, CancellationToken cancellationToken)
    {
        try
        {
            return (_memory is not null && !await _memory.RememberAsync(call, cancellationToken), false);
        }
        catch (MemoryUnavailableException e)
        {
            report.Fail(e.Message);
            return (false, true);
        }
    }

    private async Task AddRecordingAsync(ElevenLabsClient client, ListedConversation call, BackfillReport report, CancellationToken cancellationToken)
    {
        var recording = new WebhookEvent { Type = WebhookEvent.Audio, Timestamp = call.Ended, AgentId = call.AgentId, ConversationId = call.ConversationId, HasAudio = true };
        if (await _archive.Value.ForgetsAsync(recording, cancellationToken))
        {
            report.Forgotten++;
            return;
        }

        using var response = await client.GetAudioAsync(call.ConversationId, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var upload = await _archive.Value.BeginAsync(recording, keep: true, cancellationToken);
        if (upload.Blob is null) return;
        var block = new byte[BlockBytes];
        for (int length; (length = await body.ReadAtLeastAsync(block, BlockBytes, throwOnEndOfStream: false, cancellationToken)) > 0;)
            await upload.Blob.StageAsync(block.AsMemory(0, length), cancellationToken);
        if (await _archive.Value.CompleteAsync(recording, upload, signature: "", cancellationToken)) report.Recordings++;
        else report.Forgotten++;
    }

    private static InvalidOperationException Absent(string secret) => new($"The secret {secret} is absent, or could not be read.");
}
