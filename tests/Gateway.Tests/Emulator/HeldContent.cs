using System.Net;

namespace Gateway.Tests.Emulator;

/// <summary>A body whose first byte is sent at once, and the rest when it is released.</summary>
internal sealed class HeldContent(int length) : HttpContent
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _released.SetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync("{"u8.ToArray());
        await stream.FlushAsync();
        await _released.Task;
        await stream.WriteAsync(new byte[length - 1]);
    }

    protected override bool TryComputeLength(out long size)
    {
        size = length;
        return true;
    }
}
