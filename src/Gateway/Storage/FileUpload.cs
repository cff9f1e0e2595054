namespace Gateway.Storage;

/// <summary>A file under a name of its own, which is moved to where it belongs when it is whole and on the disk.</summary>
internal sealed class FileUpload : IBlobUpload
{
    private readonly string _path;
    private readonly string _target;
    private readonly FileStream _file;

    public FileUpload(string path, string target)
    {
        PrivateFiles.MakeFolder(Path.GetDirectoryName(path)!);
        (_path, _target) = (path, target);
        _file = PrivateFiles.Open(path, FileMode.CreateNew);
    }

    public Task StageAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => FileStorage.Try(() =>
    {
        _file.Write(bytes.Span);
        return true;
    });

    public Task CommitAsync(CancellationToken cancellationToken) => FileStorage.Try(() =>
    {
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        lock (FileStorage.Folders)
        {
            PrivateFiles.MakeFolder(Path.GetDirectoryName(_target)!);
            File.Move(_path, _target, overwrite: true);
        }

        return true;
    });

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        // Moved, where it was committed.
        File.Delete(_path);
        return ValueTask.CompletedTask;
    }
}
