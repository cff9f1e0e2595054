using System.Text;
using System.Text.Json;
using Gateway.Errors;

namespace Gateway.Privacy;

/// <summary>Of whom a request is: <c>{"id": "…"}</c>, or <c>{"ids": […]}</c> for somebody who has several, such as a number beside an id.</summary>
internal static class EndUserRequest
{
    /// <summary>The longest body: of ids that are as long as they may be, with every character escaped.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MostIds = 10;

    // As the webhook takes them.
    private const int LongestId = 512;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private static readonly Failure NotJson = new(400, "invalid_json", "The body is not a JSON object in valid UTF-8.");
    private static readonly Failure Missing = new(400, "missing_required_parameter", "The field 'id' is missing.", "id");
    private static readonly Failure Both = new(400, "invalid_value", "The fields 'id' and 'ids' exclude each other.", "ids");

    /// <summary>Reads it. Null where it is right. No failure repeats an id.</summary>
    public static Failure? Read(ReadOnlyMemory<byte> body, out IReadOnlyList<string> ids)
    {
        ids = [];
        try
        {
            using var json = JsonDocument.Parse(body, Strict);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return NotJson;
            var (hasOne, hasMany) = (root.TryGetProperty("id"u8, out var one), root.TryGetProperty("ids"u8, out var many));
            if (!hasOne && !hasMany) return Missing;
            if (hasOne && hasMany) return Both;
            if (hasMany && many.ValueKind != JsonValueKind.Array) return Type("ids", "a list of strings");
            if (hasMany && many.GetArrayLength() is 0 or > MostIds) return new Failure(400, "invalid_value", $"The field 'ids' must have 1 to {MostIds} ids.", "ids");

            List<string> read = [];
            foreach (var (i, value) in (hasOne ? [one] : many.EnumerateArray().ToArray()).Index())
            {
                var field = hasOne ? "id" : $"ids[{i}]";
                if (value.ValueKind != JsonValueKind.String) return Type(field, "a string");
                var id = value.GetString()!;
                if (string.IsNullOrWhiteSpace(id) || Encoding.UTF8.GetByteCount(id) > LongestId) return new Failure(400, "invalid_value", $"The field '{field}' must be of 1 to {LongestId} bytes.", field);
                read.Add(id);
            }

            ids = [.. read.Distinct()];
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter is what invalid UTF-8 in a string is told by.
            return NotJson;
        }
    }

    private static Failure Type(string field, string type) => new(400, "invalid_type", $"The field '{field}' must be {type}.", field);
}
