using Gateway.Storage;

namespace Gateway.Webhooks;

/// <summary>An event on its way into the archive.</summary>
/// <param name="Before">The same event, where it is there already; there is nothing to upload then.</param>
/// <param name="Day">The day that it is filed under.</param>
/// <param name="Name">The blob's name; null where its content is not kept.</param>
/// <param name="Blob">The blob in the making; null where there is none to make.</param>
internal sealed record CallUpload(CallEntry? Before, DateOnly Day, string? Name, IBlobUpload? Blob) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Blob?.DisposeAsync() ?? ValueTask.CompletedTask;
}
