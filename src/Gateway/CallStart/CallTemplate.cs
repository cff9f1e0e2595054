using System.Text;
using System.Text.Json;

namespace Gateway.CallStart;

/// <summary>
/// A text of the configuration with places for what is known of a call: <c>&lt;&lt;name&gt;&gt;</c>, or <c>&lt;&lt;name|text where it is not known&gt;&gt;</c>. Not in braces: ElevenLabs
/// has <c>{{name}}</c> for itself, JSON is full of single ones, and azd and Bicep replace <c>${name}</c>.
/// </summary>
internal sealed class CallTemplate
{
    private readonly string[] _literals;
    private readonly (string Name, string Default)[] _places;

    private CallTemplate(List<string> literals, List<(string, string)> places) => (_literals, _places) = ([.. literals], [.. places]);

    /// <summary>The names of what stands in it, in order.</summary>
    public IEnumerable<string> Names => _places.Select(static place => place.Name);

    /// <summary>The most bytes that it comes to, as JSON.</summary>
    public int LongestJson =>
        _literals.Concat(_places.Select(static place => place.Default)).Sum(static text => JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length) + (_places.Length * CallFacts.LongestJson);

    /// <summary>The template of a text; null where a place has no end.</summary>
    public static CallTemplate? Parse(string text)
    {
        var (literals, places) = (new List<string>(), new List<(string, string)>());
        var at = 0;
        for (int start; (start = text.IndexOf("<<", at, StringComparison.Ordinal)) >= 0;)
        {
            var end = text.IndexOf(">>", start, StringComparison.Ordinal);
            if (end < 0 || text.IndexOf("<<", start + 2, end - start - 2, StringComparison.Ordinal) >= 0) return null;
            var place = text[(start + 2)..end];
            var bar = place.IndexOf('|', StringComparison.Ordinal);
            literals.Add(text[at..start]);
            places.Add(bar < 0 ? (place.Trim(), "") : (place[..bar].Trim(), place[(bar + 1)..]));
            at = end + 2;
        }

        literals.Add(text[at..]);
        return new CallTemplate(literals, places);
    }

    /// <summary>The text for a call.</summary>
    public string Render(CallFacts facts) => Render(name => facts[name]);

    /// <summary>The text for a call, where the text is JSON: what is put in stays inside of its string.</summary>
    public string RenderJson(CallFacts facts) => RenderJson(name => facts[name]);

    /// <summary>Whether it is a JSON object whatever is known of a call.</summary>
    public bool IsJsonObject() => IsObject(RenderJson(static _ => null)) && IsObject(RenderJson(static _ => "no \"JSON\""));

    private static bool IsObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The default is the configuration's own, and stands there as JSON already.
    private string RenderJson(Func<string, string?> find) => Render(name => find(name) is { } value ? JsonEncodedText.Encode(value).Value : null);

    private string Render(Func<string, string?> find)
    {
        if (_places.Length == 0) return _literals[0];
        var text = new StringBuilder(_literals[0]);
        foreach (var (i, place) in _places.Index()) text.Append(find(place.Name) ?? place.Default).Append(_literals[i + 1]);
        return text.ToString();
    }
}
