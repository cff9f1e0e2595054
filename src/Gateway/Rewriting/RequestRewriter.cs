using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Routing;

namespace Gateway.Rewriting;

/// <summary>
/// Makes of a caller's request the one that a deployment takes, by splicing bytes: a field that no rule names keeps its place and its bytes,
/// so a parameter that OpenAI adds tomorrow works today.
/// </summary>
internal static class RequestRewriter
{
    public static void Rewrite(ChatRequest request, Deployment deployment, CallerProfile profile, ReadOnlySpan<byte> endUserKey, IBufferWriter<byte> output)
    {
        var splice = new ObjectSplice(request.Body.Span, output);
        var family = deployment.Family;
        var endUserField = family.TakesSafetyIdentifier && deployment.IsV1 ? Field.SafetyIdentifier : Field.User;
        var effort = Effort(request, family, profile);
        var hasStreamOptions = false;
        var hasModel = false;

        foreach (var property in request.Properties)
        {
            switch (property.Field)
            {
                case Field.Model:
                    hasModel = true;
                    splice.Replace(property, "model"u8, deployment.ModelJson);
                    break;
                case Field.ElevenLabsExtraBody:
                case Field.MaxTokens when property.IsNull || request.MaxTokensIsUnlimited:
                case Field.MaxTokens when family.WantsMaxCompletionTokens && request.HasCompletionCap:
                case Field.MaxCompletionTokens when property.IsNull || !request.HasCompletionCap:
                case Field.UserId when string.IsNullOrEmpty(request.UserId) || endUserKey.IsEmpty || request.Has(endUserField):
                case Field.ReasoningEffort when property.IsNull || effort is not null:
                case Field.User or Field.SafetyIdentifier when property.IsNull:
                case var refused when family.Refuses.Contains(refused):
                    splice.Drop(property);
                    break;
                case Field.Messages when request.Cuts.Length > 0:
                    splice.Keep(property, request.Cuts);
                    break;
                case Field.MaxTokens when family.WantsMaxCompletionTokens:
                    splice.Replace(property, "max_completion_tokens"u8, request.Body.Span[property.ValueStart..property.End]);
                    break;
                case Field.UserId:
                    splice.Replace(property, endUserField.Utf8Name, EndUserId(request.UserId!, endUserKey));
                    break;
                case Field.StreamOptions:
                    hasStreamOptions = true;
                    if (!request.Stream || request.IncludeUsage) splice.Keep(property);
                    else splice.Replace(property, "stream_options"u8, WithUsage(request, property));
                    break;
                default:
                    splice.Keep(property);
                    break;
            }
        }

        if (!hasModel) splice.Add("model"u8, deployment.ModelJson);
        if (effort is not null) splice.Add("reasoning_effort"u8, effort);
        if (request.Stream && !hasStreamOptions) splice.Add("stream_options"u8, """{"include_usage":true}"""u8);
        splice.End();
    }

    /// <summary>The effort to send in place of the caller's; null where theirs stays, or none is asked for.</summary>
    private static byte[]? Effort(ChatRequest request, ModelFamily family, CallerProfile profile)
    {
        var chosen = request.Has(Field.ReasoningEffort);
        // A voice caller's agent may keep an effort from the model it had before, and would be refused on every turn.
        if (family.ToolsNeedEffortNone && request.HasTools && (!chosen || profile == CallerProfile.Voice)) return Quoted("none");
        return !chosen && profile == CallerProfile.Voice && family.LowestEffort is { } lowest ? Quoted(lowest) : null;
    }

    /// <summary>The end user's id as the provider sees it: 64 characters, the same for the same id, and of no use to look the id up.</summary>
    private static byte[] EndUserId(string id, ReadOnlySpan<byte> key) =>
        Quoted(Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(id))));

    private static byte[] Quoted(string value) => Encoding.UTF8.GetBytes($"\"{value}\"");

    /// <summary>The caller's <c>stream_options</c> with usage on: our own metrics need it, whether the caller asked or not.</summary>
    private static byte[] WithUsage(ChatRequest request, Property options)
    {
        var body = request.Body.Span;
        if (!request.IncludeUsageValue.Equals(default))
            return [.. body[options.ValueStart..request.IncludeUsageValue.Start.Value], .. "true"u8, .. body[request.IncludeUsageValue.End.Value..options.End]];

        var rest = options.IsNull ? "}"u8 : body[(options.ValueStart + 1)..options.End];
        return [.. "{\"include_usage\":true"u8, .. rest.TrimStart(" \t\r\n"u8) is [(byte)'}'] ? ""u8 : ","u8, .. rest];
    }
}
