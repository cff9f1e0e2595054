using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Gateway.Storage;

/// <summary>Blocks that nobody sees until their list is committed. Azure deletes those that never were after a week.</summary>
internal sealed class AzureBlobUpload(AzureStorage storage, BlockBlobClient blob, string contentType) : IBlobUpload
{
    // Of this upload alone: another of the same blob must not mix its blocks into ours.
    private readonly Guid _id = Guid.NewGuid();
    private readonly List<string> _blocks = [];

    public async Task StageAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var block = NextBlock();
        await storage.TryAsync(
            async () =>
            {
                // Seekable, so that the SDK sends it again without a copy of its own.
                MemoryMarshal.TryGetArray(bytes, out var array);
                using var content = new MemoryStream(array.Array!, array.Offset, array.Count, writable: false);
                return await blob.StageBlockAsync(block, content, cancellationToken: cancellationToken);
            },
            cancellationToken);
        _blocks.Add(block);
    }

    public Task CommitAsync(CancellationToken cancellationToken) => storage.TryAsync(
        () => blob.CommitBlockListAsync(_blocks, new CommitBlockListOptions { HttpHeaders = new BlobHttpHeaders { ContentType = contentType } }, cancellationToken),
        cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // All of one length, which Azure asks for.
    private string NextBlock()
    {
        Span<byte> id = stackalloc byte[20];
        _id.TryWriteBytes(id);
        BinaryPrimitives.WriteInt32BigEndian(id[16..], _blocks.Count);
        return Convert.ToBase64String(id);
    }
}
