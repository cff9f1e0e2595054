using System.Text.Json;
using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>
/// The <c>elevenlabs_extra_body</c> of a request to an agent: all of it but <c>gateway</c> and <c>end_user</c>, which are for this endpoint: the latter
/// proves to it who somebody is, and would to whoever else sends it here.
/// </summary>
internal static class AgentExtraBody
{
    /// <summary>What does not go on, with the commas that it brings.</summary>
    /// <param name="body">The body.</param>
    /// <param name="extraBody">Where it stands in it; an object.</param>
    public static Edit[] Cuts(ReadOnlySpan<byte> body, Property extraBody)
    {
        var json = new Utf8JsonReader(body[extraBody.ValueStart..extraBody.End]);
        json.Read();
        var inside = extraBody.ValueStart + 1;
        var (previousEnd, anyKept, anyCut) = (inside, false, false);
        List<Edit> cuts = [];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var start = extraBody.ValueStart + (int)json.TokenStartIndex;
            var isOurs = json.ValueTextEquals("gateway"u8) || json.ValueTextEquals("end_user"u8);
            json.Read();
            json.Skip();
            var end = extraBody.ValueStart + (int)json.BytesConsumed;
            // Before the first that is kept the comma behind goes, and after it the comma in front.
            if (isOurs && anyKept) cuts.Add(new(previousEnd, end));
            else if (!isOurs && anyCut && !anyKept) cuts.Add(new(inside, start));
            anyCut |= isOurs;
            anyKept |= !isOurs;
            previousEnd = end;
        }

        if (anyCut && !anyKept) cuts.Add(new(inside, previousEnd));
        return [.. cuts];
    }
}
