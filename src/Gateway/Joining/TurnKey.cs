using System.Buffers.Binary;
using System.Security.Cryptography;
using Gateway.Turns;

namespace Gateway.Joining;

/// <summary>What two requests have in common that are the same turn, sent twice: caller, model, conversation, and every byte of the body.</summary>
internal readonly record struct TurnKey(string Caller, string Model, string ConversationId, UInt128 High, UInt128 Low)
{
    /// <summary>The key of a turn; null where it is not to be joined: without a conversation id two callers may well say the same.</summary>
    public static TurnKey? Of(Turn turn)
    {
        if (turn.ConversationId is not { } conversation) return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(turn.Body.Span, hash);
        return new(turn.Caller!.Name, turn.Route!.Model, conversation, BinaryPrimitives.ReadUInt128LittleEndian(hash), BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));
    }
}
