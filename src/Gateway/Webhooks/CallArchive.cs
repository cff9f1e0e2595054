using System.Buffers;
using System.Text.Json;
using Gateway.Storage;

namespace Gateway.Webhooks;

/// <summary>
/// What is kept of calls: blobs named <c>{agent}/{yyyy}/{MM}/{dd}/{conversation}.json</c> and <c>.mp3</c>, and an index that lists calls by agent, end user and day.
/// </summary>
/// <remarks>
/// The rows that list a call are written before its blob can be seen, so that whoever deletes an end user's calls finds every blob there is.
/// The row under the conversation is written last, and says that the event is there: what failed before it is done again by the next try, with the same outcome.
/// An end user is known to the index by an HMAC of their id, the same that goes to the model's provider in place of it.
/// </remarks>
internal sealed class CallArchive(IStorage storage, StorageOptions options, CallEndUsers endUsers, ForgottenCalls forgotten, ExpiredCalls expired, TimeProvider time)
{
    /// <summary>Whether the event is of a call that nothing may be kept of. What there is of it already is deleted then.</summary>
    public async Task<bool> ForgetsAsync(WebhookEvent call, CancellationToken cancellationToken) =>
        call is { AgentId: not null, ConversationId: not null } && await IsForgottenAsync(call, DayOf(call), cancellationToken);

    /// <summary>Looks whether the event is there already, and begins its blob where not.</summary>
    /// <param name="call">The event.</param>
    /// <param name="keep">Whether its content is kept; where not, it is only written into the index.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<CallUpload> BeginAsync(WebhookEvent call, bool keep, CancellationToken cancellationToken)
    {
        var entries = await FindAsync(call.ConversationId!, cancellationToken);
        if (entries.Find(entry => entry.Type == call.Type && (entry.Blob is not null || !keep)) is { } before) return new CallUpload(before, before.Day, before.Blob, Blob: null);

        // Recording and transcript come apart, and midnight may be between them.
        var day = entries is [{ Day: var first }, ..] ? first : DayOf(call);
        if (!keep) return new CallUpload(Before: null, day, Name: null, Blob: null);
        var name = Name(call, day);
        return new CallUpload(Before: null, day, name, await storage.BeginAsync(name, call.HasAudio ? "audio/mpeg" : "application/json", cancellationToken));
    }

    /// <summary>Writes the event into the index, and commits its blob. False where its end user was deleted meanwhile, and it with them.</summary>
    public async Task<bool> CompleteAsync(WebhookEvent call, CallUpload upload, string signature, CancellationToken cancellationToken)
    {
        var (agent, conversation, key) = (call.AgentId!, call.ConversationId!, CallRows.Key(upload.Day, call.ConversationId!));
        var expires = new DateTimeOffset(upload.Day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) + options.Retention;
        string[] users = [.. endUsers.KeysOf(call)];
        Dictionary<string, string> listed = new() { ["Agent"] = agent, ["Conversation"] = conversation, ["Day"] = CallRows.Text(upload.Day) };
        await storage.SetAsync(
            [
                new StoredRow(CallRows.ByDay, $"{key}.{call.Type}", expires, users is [] ? listed : new Dictionary<string, string>(listed) { ["EndUsers"] = string.Join(' ', users) }),
                new StoredRow(CallRows.ByAgent(agent), key, expires, listed),
                .. users.Select(user => new StoredRow(CallRows.ByEndUser(user), key, expires, listed)),
            ],
            cancellationToken);

        Dictionary<string, string> entry = new() { ["Agent"] = agent, ["Day"] = CallRows.Text(upload.Day), ["Signature"] = signature };
        if (upload.Name is not null)
        {
            await upload.Blob!.CommitAsync(cancellationToken);
            await AnnounceAsync(call, upload, expires, cancellationToken);
            entry["Blob"] = upload.Name;
        }

        // Before the row that says that the event is there, so that what fails here is done again; and behind it, because that row comes last.
        if (await IsForgottenAsync(call, upload.Day, cancellationToken)) return false;
        await storage.SetAsync([new StoredRow(CallRows.Events(conversation), call.Type!, expires, entry)], cancellationToken);
        if (await IsForgottenByNowAsync(call, upload.Day, cancellationToken)) return false;
        await expired.SweepAsync(cancellationToken);
        return true;
    }

    /// <summary>Gives an event that is there the signature that it was kept without. False where its end user was deleted meanwhile, and it with them.</summary>
    public async Task<bool> SettleAsync(WebhookEvent call, CallEntry before, string signature, CancellationToken cancellationToken)
    {
        if (await storage.GetAsync(CallRows.Events(call.ConversationId!), before.Type, cancellationToken) is { } row)
            await storage.SetAsync([row with { Values = new Dictionary<string, string>(row.Values) { ["Signature"] = signature } }], cancellationToken);
        // A deletion may have taken the row just before it was written.
        return !await IsForgottenByNowAsync(call, before.Day, cancellationToken);
    }

    /// <summary>Sends a message, and writes down by what it can be withdrawn, before anybody asks whether the call is forgotten: a deletion finds it by that row, or we find the deletion.</summary>
    private async Task AnnounceAsync(WebhookEvent call, CallUpload upload, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        if (await storage.SendAsync(Message(call, upload.Name!), cancellationToken) is not { } receipt) return;
        try
        {
            // A row for each message: in the event's own, the next try's would take the place of this one.
            Dictionary<string, string> sent = new() { ["Day"] = CallRows.Text(upload.Day), [CallRows.Message] = receipt };
            await storage.SetAsync([new StoredRow(CallRows.Events(call.ConversationId!), CallRows.Sent(call.Type!), expires, sent)], cancellationToken);
        }
        catch
        {
            // Nobody would ever find it. The next try sends another.
            await storage.WithdrawAsync(receipt, CancellationToken.None);
            throw;
        }
    }

    private async Task<bool> IsForgottenAsync(WebhookEvent call, DateOnly day, CancellationToken cancellationToken)
    {
        if (!await forgotten.ContainAsync(call, cancellationToken)) return false;
        await DeleteAsync(call, day, cancellationToken);
        return true;
    }

    /// <summary>The same behind the last row, by whose signature whoever sends the event again is told of a replay: that nobody can be asked is no reason to have it sent.</summary>
    /// <remarks>That something is left is one: the next try finds the tombstone before it looks at the row, and deletes it.</remarks>
    private async Task<bool> IsForgottenByNowAsync(WebhookEvent call, DateOnly day, CancellationToken cancellationToken)
    {
        bool isForgotten;
        try
        {
            isForgotten = await forgotten.ContainAsync(call, cancellationToken);
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            return false;
        }

        if (isForgotten) await DeleteAsync(call, day, cancellationToken);
        return isForgotten;
    }

    private Task DeleteAsync(WebhookEvent call, DateOnly day, CancellationToken cancellationToken) =>
        forgotten.DeleteAsync(new ArchivedCall(call.AgentId!, call.ConversationId!, day), call, cancellationToken);

    /// <summary>What there is of a conversation.</summary>
    public async Task<List<CallEntry>> FindAsync(string conversationId, CancellationToken cancellationToken)
    {
        var entries = new List<CallEntry>();
        await foreach (var row in storage.ListAsync(CallRows.Events(conversationId), from: null, before: null, cancellationToken))
        {
            if (row.Expires > time.GetUtcNow() && row.Values.TryGetValue("Signature", out var signature))
                entries.Add(new CallEntry(row.Key, row.Values["Agent"], CallRows.Day(row), row.Values.GetValueOrDefault("Blob"), signature));
        }

        return entries;
    }

    private static string Name(WebhookEvent call, DateOnly day)
    {
        // The transcript and the recording have the plain names; whatever else there is of a call stands beside them.
        var suffix = call.Type is WebhookEvent.Transcription or WebhookEvent.Audio ? "" : $"{call.Type}.";
        return $"{CallRows.Blobs(new ArchivedCall(call.AgentId!, call.ConversationId!, day))}{suffix}{(call.HasAudio ? "mp3" : "json")}";
    }

    // A time at which it cannot have happened would have it deleted at once, or never.
    private DateOnly DayOf(WebhookEvent call)
    {
        var now = time.GetUtcNow();
        var at = call.Timestamp is { } stated && stated > now - options.Retention && stated < now.AddDays(1) ? stated : now;
        return DateOnly.FromDateTime(at.UtcDateTime);
    }

    private BinaryData Message(WebhookEvent call, string name)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, call.Type);
            json.WriteString("agent_id"u8, call.AgentId);
            json.WriteString("conversation_id"u8, call.ConversationId);
            json.WriteString("container"u8, options.Container);
            json.WriteString("blob"u8, name);
            json.WriteEndObject();
        }

        return new BinaryData(body.WrittenMemory);
    }
}
