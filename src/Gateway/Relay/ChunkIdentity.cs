using System.Buffers;
using System.Buffers.Text;
using Gateway.Requests;

namespace Gateway.Relay;

/// <summary>The id, time and model of a stream's chunks, for a chunk that has to be written for the upstream.</summary>
/// <param name="model">The model's name as JSON, where it replaces the one that upstream reports.</param>
internal sealed class ChunkIdentity(byte[]? model) : IDisposable
{
    private readonly PooledBuffer _bytes = new();
    private Range _id;
    private Range _created;
    private Range _model;

    public void Remember(ReadOnlySpan<byte> data, ref readonly Chunk chunk)
    {
        if (_bytes.Length > 0 || chunk.Id.Equals(default)) return;
        _id = Copy(data[chunk.Id]);
        _created = chunk.Created.Equals(default) ? default : Copy(data[chunk.Created]);
        _model = chunk.Model.Equals(default) ? default : Copy(data[chunk.Model]);
    }

    /// <summary>Writes a chunk that ends a choice. The reason is JSON, with its quotes.</summary>
    public void WriteFinish(IBufferWriter<byte> output, int index, ReadOnlySpan<byte> reason)
    {
        WriteStart(output, index);
        output.Write("},\"finish_reason\":"u8);
        output.Write(reason);
        output.Write("}]}\n\n"u8);
    }

    /// <summary>Writes a chunk with content of the first choice. The content is JSON, without quotes.</summary>
    public void WriteContent(IBufferWriter<byte> output, ReadOnlySpan<byte> content)
    {
        WriteStart(output, index: 0);
        output.Write("\"content\":\""u8);
        output.Write(content);
        output.Write("\"},\"finish_reason\":null}]}\n\n"u8);
    }

    public void Dispose() => _bytes.Dispose();

    /// <summary>Up to the brace that opens the delta.</summary>
    private void WriteStart(IBufferWriter<byte> output, int index)
    {
        output.Write("data: {\"id\":"u8);
        output.Write(Bytes(_id, "\"chatcmpl-0\""u8));
        output.Write(",\"object\":\"chat.completion.chunk\",\"created\":"u8);
        output.Write(Bytes(_created, "0"u8));
        output.Write(",\"model\":"u8);
        output.Write(model ?? Bytes(_model, "\"\""u8));
        output.Write(",\"choices\":[{\"index\":"u8);
        var number = output.GetSpan(2);
        Utf8Formatter.TryFormat(index, number, out var digits);
        output.Advance(digits);
        output.Write(",\"delta\":{"u8);
    }

    private ReadOnlySpan<byte> Bytes(Range range, ReadOnlySpan<byte> otherwise) => range.Equals(default) ? otherwise : _bytes.Span[range];

    private Range Copy(ReadOnlySpan<byte> value)
    {
        var start = _bytes.Length;
        _bytes.Write(value);
        return start.._bytes.Length;
    }
}
