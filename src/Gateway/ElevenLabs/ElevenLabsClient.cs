using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Gateway.ElevenLabs;

/// <summary>ElevenLabs' conversations, over their API. What passes by itself is tried again, as late as they ask for.</summary>
/// <remarks>All of it throws <see cref="ElevenLabsException"/>.</remarks>
internal sealed class ElevenLabsClient(HttpClient http, Uri endpoint, string key, TimeProvider time)
{
    private const string Conversations = "v1/convai/conversations";

    // The most that they give.
    private const int PageSize = 100;

    private const int Tries = 4;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>The conversations that began in a time, newest first.</summary>
    public IAsyncEnumerable<ListedConversation> ListAsync(DateTimeOffset since, DateTimeOffset until, string? agentId, CancellationToken cancellationToken) => ListAsync(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Conversations}?page_size={PageSize}&call_start_after_unix={since.ToUnixTimeSeconds()}&call_start_before_unix={until.ToUnixTimeSeconds()}{(agentId is null ? "" : $"&agent_id={Uri.EscapeDataString(agentId)}")}"),
        cancellationToken);

    /// <summary>The conversations that were begun with a <c>user_id</c>. It becomes part of a URL, so it must be no phone's number.</summary>
    public IAsyncEnumerable<ListedConversation> ListByUserAsync(string userId, CancellationToken cancellationToken) => ListAsync(
        string.Create(CultureInfo.InvariantCulture, $"{Conversations}?page_size={PageSize}&user_id={Uri.EscapeDataString(userId)}"),
        cancellationToken);

    private async IAsyncEnumerable<ListedConversation> ListAsync(string query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? cursor = null; ;)
        {
            var (page, next) = await PageAsync(cursor is null ? query : $"{query}&cursor={Uri.EscapeDataString(cursor)}", cancellationToken);
            foreach (var conversation in page) yield return conversation;
            if (next is null) yield break;
            if (next == cursor) throw new ElevenLabsException("the list does not end");
            cursor = next;
        }
    }

    /// <summary>A conversation, with its transcript. The caller disposes the answer.</summary>
    public Task<HttpResponseMessage> GetAsync(string conversationId, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, $"{Conversations}/{Uri.EscapeDataString(conversationId)}", cancellationToken);

    /// <summary>A conversation's recording. The caller disposes the answer.</summary>
    public Task<HttpResponseMessage> GetAudioAsync(string conversationId, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, $"{Conversations}/{Uri.EscapeDataString(conversationId)}/audio", cancellationToken);

    /// <summary>Deletes a conversation. False where there is none.</summary>
    public async Task<bool> DeleteAsync(string conversationId, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(HttpMethod.Delete, $"{Conversations}/{Uri.EscapeDataString(conversationId)}", cancellationToken);
            return true;
        }
        catch (ElevenLabsException e) when (e.IsAbsent)
        {
            return false;
        }
    }

    private async Task<(List<ListedConversation> Page, string? Next)> PageAsync(string query, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, query, cancellationToken);
        try
        {
            await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var json = await JsonDocument.ParseAsync(content, cancellationToken: cancellationToken);
            var next = json.RootElement.GetProperty("has_more").GetBoolean() ? json.RootElement.GetProperty("next_cursor").GetString() : null;
            return ([.. json.RootElement.GetProperty("conversations").EnumerateArray().Select(Read)], next);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException or IOException or HttpRequestException)
        {
            throw new ElevenLabsException("a list that cannot be read", e);
        }
    }

    private static ListedConversation Read(JsonElement conversation)
    {
        var status = conversation.GetProperty("status");
        var started = DateTimeOffset.FromUnixTimeSeconds(conversation.GetProperty("start_time_unix_secs").GetInt64());
        return new ListedConversation(
            conversation.GetProperty("agent_id").GetString()!,
            conversation.GetProperty("conversation_id").GetString()!,
            started,
            started.AddSeconds(conversation.GetProperty("call_duration_secs").GetDouble()),
            // The others are initiated, in-progress and processing. One that is new is asked for again by the next run.
            status.ValueEquals("done"u8) || status.ValueEquals("failed"u8));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod verb, string path, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(verb, new Uri(endpoint, path));
            request.Headers.TryAddWithoutValidation("xi-api-key", key);
            HttpResponseMessage? response = null;
            Exception? failure = null;
            try
            {
                response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (response.IsSuccessStatusCode) return response;
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                failure = e;
            }

            using var refused = response;
            if (attempt == Tries || !Passes(refused?.StatusCode))
                throw new ElevenLabsException(refused is null ? "no connection" : string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)refused.StatusCode}"), failure) { IsAbsent = refused?.StatusCode == HttpStatusCode.NotFound };
            await Task.Delay(Wait(refused, attempt), time, cancellationToken);
        }
    }

    private static bool Passes(HttpStatusCode? status) => status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private TimeSpan Wait(HttpResponseMessage? response, int attempt)
    {
        var asked = response?.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null;
        return TimeSpan.FromTicks(Math.Clamp((asked ?? TimeSpan.FromSeconds(1 << (attempt - 1))).Ticks, 0, LongestWait.Ticks));
    }
}
