namespace Gateway.Storage;

/// <summary>Folders and files that nobody else on this machine can look into. On Windows they are as private as the folder that they are in.</summary>
public static class PrivateFiles
{
    /// <summary>Makes a folder, and those above it that are absent. One that is there keeps its mode: it is its owner's.</summary>
    /// <param name="path">The folder.</param>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        // One by one: of those that it makes, CreateDirectory gives the mode to the last alone.
        if (Path.GetDirectoryName(path) is { Length: > 0 } above && !Directory.Exists(above)) MakeFolder(above);
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Opens a file to write, which nobody else can open meanwhile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it may be there.</param>
    public static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
