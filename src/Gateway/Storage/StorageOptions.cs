namespace Gateway.Storage;

/// <summary>Where what is kept of calls is kept, and for how long. Section <c>Storage</c>. Nothing of it is opened before there is something to keep.</summary>
public sealed class StorageOptions
{
    /// <summary>
    /// The blob endpoint of a storage account, <c>https://&lt;account&gt;.blob.core.windows.net/</c>, reached with the process's identity, which needs the roles
    /// Storage Blob Data Contributor and Storage Table Data Contributor. Its table and queue endpoints are derived from it. Default: none.
    /// </summary>
    public Uri? Uri { get; set; }

    /// <summary>In place of <see cref="Uri"/>, a connection string, such as Azurite's. In the Development environment only: it holds a key. Default: none.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>In place of <see cref="Uri"/>, a folder of this machine. In the Development environment only: instances do not share it. Default: none.</summary>
    public string? Folder { get; set; }

    /// <summary>The container of the blobs. It is made where it is absent. Default: <c>transcripts</c>.</summary>
    public string Container { get; set; } = "transcripts";

    /// <summary>The table with the index of the blobs. It is made where it is absent. Default: <c>transcripts</c>.</summary>
    public string Table { get; set; } = "transcripts";

    /// <summary>
    /// A queue that gets a message with the blob's name for each blob that was stored. It is made where it is absent, and messages of calls that are deleted are taken out of
    /// it: the identity also needs the role Storage Queue Data Contributor, also where the queue is there. Default: none, and no messages.
    /// </summary>
    public string? Queue { get; set; }

    /// <summary>
    /// For how long what there is of a call is kept, from the end of the day on which it was; then it is deleted with the events that are stored next. Where none
    /// come any more the account's lifecycle rule, which has to be of the same length, still deletes the blobs. What keeps a deleted end user's calls away lasts as long
    /// as this said at the deletion, and a day: who raises it deletes them once more before a backfill that goes back further. Default: 30 days.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Whether there is any place to keep things.</summary>
    internal bool IsConfigured => (Uri ?? (object?)ConnectionString ?? Folder) is not null;
}
