using System.Buffers;
using System.Buffers.Text;
using Gateway.Requests;
using Gateway.Routing;

namespace Gateway.Rewriting;

/// <summary>
/// Makes of a caller's request the one that a deployment takes, by splicing bytes: a field that no rule names keeps its place and its bytes,
/// so a parameter that OpenAI adds tomorrow works today.
/// </summary>
internal static class RequestRewriter
{
    // Of an int.
    private const int MaxDigits = 10;

    /// <summary>Writes the request, and returns what is in it: <see cref="LearnedRules.TryLearn"/> wants it when the deployment refuses.</summary>
    public static SentFields Rewrite(ChatRequest request, Deployment deployment, in RewriteContext context, IBufferWriter<byte> output)
    {
        var splice = new ObjectSplice(request.Body.Span, output);
        var family = deployment.Family;
        var rules = deployment.Learned.Current;
        var effort = EffortChoice.Of(request, family, rules, in context);
        var isReasoning = effort.Sent == SentEffort.Reasoning || (effort.Sent == SentEffort.Absent && family.ReasonsByDefault);
        var cap = new CompletionCap(family, rules, context.Profile, deployment.IsAgent ? 0 : context.MaxCompletionTokens, isReasoning);
        var refused = family.Refuses | rules.Dropped | context.Drops.Fields | (isReasoning ? family.RefusesWhileReasoning : default);
        var endUserField = family.TakesSafetyIdentifier && deployment.IsV1 ? Field.SafetyIdentifier : Field.User;
        var (sent, ours) = (default(FieldSet), default(FieldSet));

        foreach (var property in request.Properties)
        {
            var field = property.Field;
            switch (field)
            {
                case Field.Model:
                    splice.Replace(property, "model"u8, deployment.ModelJson);
                    break;
                case Field.MaxTokens or Field.MaxCompletionTokens:
                    field = cap.FieldFor(field);
                    if (!WriteCap(ref splice, property, field, request, cap, refused)) continue;
                    break;
                case Field.UserId when !refused.Contains(endUserField) && !string.IsNullOrEmpty(request.UserId) && !context.EndUserKey.IsEmpty && !request.Has(endUserField):
                    WriteEndUser(ref splice, property, endUserField, request.UserId, context.EndUserKey.Span);
                    ours |= field = endUserField;
                    break;
                case Field.UserId:
                // A model would refuse it; an agent is whom it is for.
                case Field.ElevenLabsExtraBody when !deployment.IsAgent:
                case Field.Metadata when context.Agent is not null && property.IsNull:
                case Field.ReasoningEffort when !effort.KeepsTheirs:
                case Field.User or Field.SafetyIdentifier or Field.PromptCacheKey when property.IsNull:
                case not Field.ReasoningEffort when refused.Contains(field):
                    splice.Drop(property);
                    continue;
                case Field.Messages when request.Edits.Length > 0:
                    splice.Keep(property, request.Edits);
                    break;
                case Field.ElevenLabsExtraBody when !property.IsNull:
                    splice.Keep(property, AgentExtraBody.Cuts(request.Body.Span, property));
                    break;
                case Field.Metadata when context.Agent is { } agent && AgentMetadata.Merge(request.Value(Field.Metadata), agent) is { Length: > 0 } merged:
                    splice.Replace(property, "metadata"u8, merged);
                    break;
                case Field.StreamOptions when request.Stream && !request.IncludeUsage:
                    splice.Replace(property, "stream_options"u8, WithUsage(request, property));
                    break;
                default:
                    splice.Keep(property);
                    break;
            }

            sent |= field;
        }

        ours |= AddMissing(ref splice, request, deployment, in context, effort, cap, sent | refused);
        splice.End();
        return new SentFields(sent | ours, ours, effort.Sent, effort.Ours, effort.IsFixed);
    }

    /// <summary>Adds what the caller did not send. Returns what.</summary>
    private static FieldSet AddMissing(
        ref ObjectSplice splice, ChatRequest request, Deployment deployment, in RewriteContext context, EffortChoice effort, CompletionCap cap, FieldSet except)
    {
        var added = default(FieldSet);
        if (!except.Contains(Field.Model)) splice.Add("model"u8, deployment.ModelJson);

        if (cap.Default > 0 && !except.Contains(Field.MaxTokens) && !except.Contains(Field.MaxCompletionTokens))
        {
            Span<byte> number = stackalloc byte[MaxDigits];
            splice.Add(cap.DefaultField.Utf8Name, Format(cap.Default, number));
            added |= cap.DefaultField;
        }

        if (effort.Ours is not null)
        {
            splice.Add("reasoning_effort"u8, effort.Ours.Json);
            added |= Field.ReasoningEffort;
        }

        if (deployment.TakesPromptCacheKey && !except.Contains(Field.PromptCacheKey))
        {
            Span<byte> key = stackalloc byte[PromptCacheKey.MaxBytes];
            splice.Add("prompt_cache_key"u8, key[..PromptCacheKey.Write(request, deployment.ModelJson, context.SystemPrefix.Span, context.ConversationId, deployment.PromptCacheShards, key)]);
            added |= Field.PromptCacheKey;
        }

        if (request.Stream && !except.Contains(Field.StreamOptions))
        {
            splice.Add("stream_options"u8, """{"include_usage":true}"""u8);
            added |= Field.StreamOptions;
        }

        if (context.Agent is { } agent && !except.Contains(Field.Metadata))
        {
            splice.Add("metadata"u8, AgentMetadata.Merge(theirs: default, agent));
            added |= Field.Metadata;
        }

        return added;
    }

    /// <summary>Writes the caller's cap into the field where it belongs. False where it is dropped.</summary>
    private static bool WriteCap(ref ObjectSplice splice, Property property, Field field, ChatRequest request, CompletionCap cap, FieldSet refused)
    {
        var theirs = property.Field == Field.MaxTokens ? request.MaxTokens : request.MaxCompletionTokens;
        var isThereAlready = field != property.Field && (field == Field.MaxTokens ? request.MaxTokens : request.MaxCompletionTokens) > 0;
        if (theirs == 0 || isThereAlready || refused.Contains(field))
        {
            splice.Drop(property);
            return false;
        }

        var limited = cap.Limit(theirs);
        Span<byte> number = stackalloc byte[MaxDigits];
        if (limited != theirs) splice.Replace(property, field.Utf8Name, Format(limited, number));
        else if (field != property.Field) splice.Replace(property, field.Utf8Name, request.Value(property.Field));
        else splice.Keep(property);
        return true;
    }

    private static ReadOnlySpan<byte> Format(int number, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(number, destination, out var digits);
        return destination[..digits];
    }

    private static void WriteEndUser(ref ObjectSplice splice, Property property, Field field, string id, ReadOnlySpan<byte> key)
    {
        Span<byte> value = stackalloc byte[2 + Pseudonym.Length];
        value[0] = value[^1] = (byte)'"';
        Pseudonym.Write(id, key, value[1..^1]);
        splice.Replace(property, field.Utf8Name, value);
    }

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
