namespace FunctionsApp.Tests.Triggers;

/// <summary>A body that fails at the first touch.</summary>
internal sealed class BrokenStream : MemoryStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidTimeZoneException("read");

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidTimeZoneException("write");

    public override Task FlushAsync(CancellationToken cancellationToken) => throw new InvalidTimeZoneException("flush");
}
