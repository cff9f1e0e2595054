using System.Text.Json;
using Gateway.EndUsers;
using Gateway.Errors;

namespace Gateway.Privacy;

/// <summary>Of whom a request is: <c>{"id": "…"}</c>, or <c>{"ids": […]}</c> for somebody who has several, such as a number beside an id. <c>"verbatim": true</c> takes ids that look like misspelt numbers.</summary>
internal static class EndUserRequest
{
    /// <summary>The longest body: of ids that are as long as they may be, with every character escaped.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MostIds = 10;

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

            var isVerbatim = false;
            if (root.TryGetProperty("verbatim"u8, out var verbatim))
            {
                if (verbatim.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return Type("verbatim", "a boolean");
                isVerbatim = verbatim.GetBoolean();
            }

            List<string> read = [];
            foreach (var (i, value) in (hasOne ? [one] : many.EnumerateArray().ToArray()).Index())
            {
                var field = hasOne ? "id" : $"ids[{i}]";
                if (value.ValueKind != JsonValueKind.String) return Type(field, "a string");
                var id = value.GetString()!;
                if (!EndUserIds.IsId(id)) return new Failure(400, "invalid_value", $"The field '{field}' must be of 1 to {EndUserIds.Longest} bytes.", field);
                if (!isVerbatim && PhoneNumber.IsMisspelt(id)) return Misspelt(field);
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

    // Nobody is known by it, and whoever is known by the number itself would be left, and said to be gone.
    private static Failure Misspelt(string field) => new(
        400,
        "invalid_value",
        $"The field '{field}' looks like a phone's number that is not in E.164, '+' and 8 to 15 digits without anything between. Where it is an id as it stands, send 'verbatim': true.",
        field);

    private static Failure Type(string field, string type) => new(400, "invalid_type", $"The field '{field}' must be {type}.", field);
}
