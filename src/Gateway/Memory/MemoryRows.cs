using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Gateway.EndUsers;
using Gateway.Storage;

namespace Gateway.Memory;

/// <summary>Where the table has what is remembered.</summary>
/// <remarks>
/// <c>memory.{caller}.{end user}</c> holds what is known of somebody: <c>call.{the later, the smaller}.{conversation}</c> for each call, <c>fact.{trust}.{hash of the name}</c> for each fact,
/// and <c>written.{day}</c> for each day on which something was written. <c>memory</c> has a row <c>{day}.{caller}.{end user}</c> for each of the latter: its oldest rows say whose are to be deleted.
/// </remarks>
internal static class MemoryRows
{
    /// <summary>The partition of the days.</summary>
    public const string Days = "memory";

    public const string Calls = "call.";
    public const string Facts = "fact.";

    /// <summary>What the keys of days begin with. They come last, so that a recall reads up to here.</summary>
    public const string Written = "written.";

    public const string At = "At";
    public const string Conversation = "Conversation";
    public const string Name = "Name";
    public const string Text = "Text";
    public const string Trust = "Trust";
    public const string WrittenAt = "Written";

    public static string Partition(EndUser user) => $"memory.{user.Tenant}.{user.Key}";

    public static string CallKey(DateTimeOffset at, string conversationId) => string.Create(CultureInfo.InvariantCulture, $"{Calls}{DateTime.MaxValue.Ticks - at.UtcTicks:D19}.{conversationId}");

    // A name may have any characters, and a key few.
    public static string FactKey(EndUserTrust trust, string name) => $"{Facts}{(trust == EndUserTrust.Signed ? "signed" : "phone")}.{Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(name)))}";

    public static string DayKey(DateOnly day) => Written + Day(day);

    /// <summary>The key under <see cref="Days"/> of somebody's row for a day.</summary>
    public static string DayKey(string partition, string day) => $"{day}{partition[Days.Length..]}";

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The partition of a row under <see cref="Days"/>.</summary>
    public static string PartitionOf(StoredRow day) => Days + day.Key["yyyy-MM-dd".Length..];

    /// <summary>Whose a row under <see cref="Days"/> is. A caller's name has no dot.</summary>
    public static EndUser UserOf(StoredRow day) => day.Key.Split('.') is [_, var tenant, var key] ? new EndUser(tenant, key, EndUserTrust.Signed) : throw new FormatException("The row is of another kind.");

    public static string DayOf(StoredRow day) => day.Key[.."yyyy-MM-dd".Length];

    /// <summary>Until when a row counts: as long as it was to be kept when it was written, and no longer than anything is kept now.</summary>
    public static DateTimeOffset End(StoredRow row, TimeSpan retention)
    {
        var end = DateTimeOffset.Parse(row.Values[WrittenAt], CultureInfo.InvariantCulture) + retention;
        return end < row.Expires ? end : row.Expires;
    }

    /// <summary>A time, so that later ones are greater also as text.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    public static bool IsCall(StoredRow row) => row.Key.StartsWith(Calls, StringComparison.Ordinal);

    public static bool IsFact(StoredRow row) => row.Key.StartsWith(Facts, StringComparison.Ordinal);

    /// <summary>The fact that a row holds.</summary>
    public static KnownFact Fact(StoredRow row) =>
        new(row.Values[Name], row.Values[Text], row.Values[Trust] == nameof(EndUserTrust.Signed), DateTimeOffset.Parse(row.Values[At], CultureInfo.InvariantCulture));

    public static bool IsDay(StoredRow row) => row.Key.StartsWith(Written, StringComparison.Ordinal);
}
