namespace Gateway.Tests.Storage;

/// <summary>Where things are kept.</summary>
public enum StoragePlace
{
    Azurite,
    Folder,
}
