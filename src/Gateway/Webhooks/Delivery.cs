using System.Buffers;
using System.Security.Cryptography;
using Gateway.Errors;
using Gateway.Requests;
using Gateway.Storage;

namespace Gateway.Webhooks;

/// <summary>
/// One webhook on its way in. Its bytes are hashed and parsed as they come, and what is to be kept of them is staged in blocks: never is more of it in memory than
/// one block. Nothing that was staged can be seen before <see cref="KeepAsync"/>, which is for a body whose signature was right to the last byte.
/// </summary>
/// <param name="signature">Is given the bytes; null for a body that was fetched, and needs none.</param>
/// <param name="options">What is kept.</param>
/// <param name="archive">Where.</param>
internal sealed class Delivery(WebhookSignature? signature, WebhookOptions options, Func<CallArchive> archive) : IAsyncDisposable
{
    /// <summary>The largest body: the Functions host takes no more.</summary>
    public const int MaxBytes = 100 * 1024 * 1024;

    private const int BlockBytes = 256 * 1024;

    private readonly WebhookParser _parser = new();
    private readonly PooledBuffer _text = new();
    private CallUpload? _upload;
    private bool _isStagedAsText;

    public WebhookEvent Event => _parser.Event;

    public long Length { get; private set; }

    /// <inheritdoc cref="WebhookParser.Examined"/>
    public long Examined => _parser.Examined;

    /// <summary>What is wrong with the body, or with the storage.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>Why the storage could not take it.</summary>
    public string? StorageFailure { get; private set; }

    /// <summary>Whether the event's content is kept.</summary>
    public bool Keeps => Event.IsRecording ? options.KeepAudio : options.KeepTranscripts;

    /// <summary>Whether a row says that it has come. A recording names no end user: who it is of is known by the transcript's row alone, and must be, to delete it.</summary>
    public bool IsIndexed => Keeps || (options.KeepsAnything && Event.Type == WebhookEvent.Transcription);

    private Failure? Flaw => _parser.Failure ?? (Event.HasAudio && _isStagedAsText ? LateAudio : null);

    private PooledBuffer Content => Event.IsRecording ? _parser.Audio : _text;

    /// <summary>
    /// Reads the whole body, also where it is found to be wrong on the way: the signature alone says to whom that may be told, and an answer before the end of the
    /// body may not reach the sender.
    /// </summary>
    public async Task<Failure?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        // An array that a cancelled read may still write to must not go back to the pool.
        var count = 0;
        while ((count = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            Length += count;
            if (Length > MaxBytes) break;
            signature?.Append(buffer.AsSpan(0, count));
            _parser.Append(buffer.AsSpan(0, count));
            if (!Event.IsRecording && Failure is null && options.KeepTranscripts)
            {
                _text.Write(buffer.AsSpan(0, count));
                // Where a block goes is decided by what stands in it, and the parser waits for more of a long value before it looks. Once for each block: it is gone afterwards, in whichever way.
                if (_text.Length >= BlockBytes) _parser.CatchUp();
            }

            // What stood before it was known to be a recording is not kept, and nothing more is written there.
            if (Event.IsRecording) _text.Dispose();
            Failure ??= Flaw;
            if (Failure is not null || !Keeps) Content.Clear();
            else if (Content.Length >= BlockBytes) await StageAsync(cancellationToken);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return Length > MaxBytes ? TooLarge : null;
    }

    /// <summary>Judges the body as a whole. Null where it is right.</summary>
    public Failure? Check()
    {
        if (Failure is not null) return Failure;
        _parser.Complete();
        Failure = Flaw;
        return Failure;
    }

    /// <summary>Stores it, durably when this has returned, or finds that it is there already.</summary>
    /// <param name="matched">The signature that was right, or what stands in its place where there was none; empty: it is to come again.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<WebhookOutcome> KeepAsync(string matched, CancellationToken cancellationToken)
    {
        if (!IsIndexed) return WebhookOutcome.NotKept;
        if (!Event.IsKnown) Name();
        if (await archive().ForgetsAsync(Event, cancellationToken)) return WebhookOutcome.Forgotten;
        _upload ??= await archive().BeginAsync(Event, Keeps, cancellationToken);
        if (_upload.Before is { } before) return await JudgeAsync(before, matched, cancellationToken);
        if (Content.Length > 0) await _upload.Blob!.StageAsync(Content.Memory, cancellationToken);
        if (!await archive().CompleteAsync(Event, _upload, matched, cancellationToken)) return WebhookOutcome.Forgotten;
        return Keeps ? WebhookOutcome.Stored : WebhookOutcome.NotKept;
    }

    /// <summary>What an event that is there already is. One that was kept while the memory was away has no signature, and gets that of the try that was remembered.</summary>
    private async Task<WebhookOutcome> JudgeAsync(CallEntry before, string matched, CancellationToken cancellationToken)
    {
        if (before.Signature.Length > 0 || matched.Length == 0) return before.Signature == matched ? WebhookOutcome.Replayed : WebhookOutcome.Duplicate;
        return await archive().SettleAsync(Event, before, matched, cancellationToken) ? WebhookOutcome.Duplicate : WebhookOutcome.Forgotten;
    }

    public static Failure TooLarge { get; } = new(413, "request_too_large", $"The body is larger than {MaxBytes} bytes.");

    public async ValueTask DisposeAsync()
    {
        _parser.Dispose();
        _text.Dispose();
        if (_upload is not null) await _upload.DisposeAsync();
    }

    private async Task StageAsync(CancellationToken cancellationToken)
    {
        // By now it must be known where it goes: ElevenLabs writes the ids before what is long.
        if (Event is not { Type: not null, AgentId: not null, ConversationId: not null })
        {
            Failure = WebhookParser.Missing(Event.Type is null ? "type" : Event.AgentId is null ? "data.agent_id" : "data.conversation_id");
            return;
        }

        _isStagedAsText = !Event.IsRecording;
        try
        {
            _upload ??= await archive().BeginAsync(Event, Keeps, cancellationToken);
            if (_upload.Blob is { } blob) await blob.StageAsync(Content.Memory, cancellationToken);
        }
        catch (StorageUnavailableException e)
        {
            StorageFailure = e.Message;
            Failure = Unavailable;
        }

        Content.Clear();
    }

    // Of a type that nobody knows yet.
    private static readonly Failure LateAudio = new(400, "invalid_value", $"The field 'data.full_audio' must begin within the first {BlockBytes} bytes of an event of this type.", "data.full_audio");

    public static Failure Unavailable { get; } = new(503, "storage_unavailable", "The event could not be stored. Send it again.") { RetryAfter = "30" };

    // Of an event that nobody knows yet, and that is no conversation's: its content stands for its id, so that it is kept once.
    private void Name()
    {
        Event.AgentId ??= "none";
        Event.ConversationId ??= "event-" + Convert.ToHexStringLower(SHA256.HashData(Content.Span).AsSpan(0, 16));
    }
}
