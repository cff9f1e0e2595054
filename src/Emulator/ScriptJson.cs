using System.Text.Json.Serialization;

namespace Emulator;

// A name that is not known is refused: a misspelled fault would otherwise be a test of a healthy answer.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SnakeCaseEnum<EmulatorFault>), typeof(SnakeCaseEnum<StallFill>)])]
[JsonSerializable(typeof(EmulatorScript))]
internal sealed partial class ScriptJson : JsonSerializerContext;
