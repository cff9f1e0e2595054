using System.Globalization;
using Gateway.Storage;

namespace Gateway.Webhooks;

/// <summary>Where the index has what.</summary>
/// <remarks>
/// <c>agent.{id}</c> and <c>user.{key}</c> hold a row <c>{day}.{conversation}</c> for each call; <c>day</c> one <c>{day}.{conversation}.{type}</c> for each event, so that
/// its oldest rows are those to delete first; <c>call.{conversation}</c> one <c>{type}</c> for each event that is there, and one <c>{type}.message-…</c> for each message that told of it.
/// </remarks>
internal static class CallRows
{
    public const string ByDay = "day";

    /// <summary>What the message that told of an event can be withdrawn by.</summary>
    public const string Message = "Message";

    private const string DayFormat = "yyyy-MM-dd";

    public static string ByAgent(string agentId) => $"agent.{agentId}";

    public static string ByEndUser(string key) => $"user.{key}";

    public static string Events(string conversationId) => $"call.{conversationId}";

    /// <summary>The key of a message of an event, another one each time.</summary>
    public static string Sent(string type) => $"{type}.message-{Guid.NewGuid():N}";

    public static string Key(DateOnly day, string conversationId) => $"{Text(day)}.{conversationId}";

    public static string Text(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    public static DateOnly Day(StoredRow row) => DateOnly.ParseExact(row.Values["Day"], DayFormat, CultureInfo.InvariantCulture);

    /// <summary>The call of a row that lists it.</summary>
    public static ArchivedCall Call(StoredRow row) => new(row.Values["Agent"], row.Values["Conversation"], Day(row));

    /// <summary>The keys of the end users of an event, by its row under the day.</summary>
    public static string[] EndUsers(StoredRow row) => row.Values.TryGetValue("EndUsers", out var keys) ? keys.Split(' ') : [];

    /// <summary>What the names of all blobs of a call begin with.</summary>
    public static string Blobs(ArchivedCall call) => string.Create(CultureInfo.InvariantCulture, $"{call.AgentId}/{call.Day:yyyy'/'MM'/'dd}/{call.ConversationId}.");
}
