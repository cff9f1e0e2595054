using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gateway.Turns;

namespace Gateway.Joining;

/// <summary>What two requests have in common that are the same turn, sent twice: caller, model, conversation, every byte of the body, and whose memory it is answered with.</summary>
internal readonly record struct TurnKey(string Caller, string Model, string ConversationId, UInt128 High, UInt128 Low)
{
    /// <summary>The key of a turn; null where it is not to be joined: without a conversation id two callers may well say the same.</summary>
    public static TurnKey? Of(Turn turn)
    {
        if (turn.ConversationId is not { } conversation) return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(turn.Body.Span, hash);
        // In the hash and not beside it, so that turns without a memory are no larger for it.
        if (turn.Recall?.User is { } user) SHA256.HashData([.. hash, (byte)user.Trust, .. Encoding.UTF8.GetBytes(user.Key)], hash);
        return new(turn.Caller!.Name, turn.Route!.Model, conversation, BinaryPrimitives.ReadUInt128LittleEndian(hash), BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));
    }
}
