using Gateway.ElevenLabs;
using Gateway.Webhooks;

namespace Gateway.Privacy;

/// <summary>What an export is made of.</summary>
/// <param name="Calls">The calls, of which there may be blobs.</param>
/// <param name="Memories">What callers remember, and the name of the file that it becomes.</param>
/// <param name="ElevenLabs">Asked for what the archive does not have of a call; null where it is not covered.</param>
internal sealed record ExportPlan(IReadOnlyList<ArchivedCall> Calls, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> Memories, ElevenLabsClient? ElevenLabs);
