namespace Infra.Tests;

internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("infra-tests-").FullName;

    /// <summary>
    /// A folder with a copy of infra/ in which <paramref name="settings"/> stand in settings.json. Nobody's, where the matter is another:
    /// a mistake in the operator's file would fail every test that compiles the template.
    /// </summary>
    public static TemporaryFolder WithInfra(string settings = "{}")
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("infra"), "*", SearchOption.AllDirectories))
        {
            folder.Write(Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file));
        }

        folder.Write("infra/settings.json", settings);
        return folder;
    }

    public string PathOf(string relative) => Path.Combine(Root, relative);

    public string Write(string relative, string text)
    {
        var path = PathOf(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
