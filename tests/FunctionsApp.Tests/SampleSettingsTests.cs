using System.Text.Json;
using Gateway.Options;

namespace FunctionsApp.Tests;

public sealed class SampleSettingsTests
{
    // Those of the Functions host that the sample may use.
    private static readonly string[] HostSettings = ["FUNCTIONS_WORKER_RUNTIME"];

    [Fact]
    public void Sample_Counted_HasAtMostTwelveValues() => Assert.InRange(SampleSettings.Values.Count, 1, 12);

    [Fact]
    public void Sample_ReadByTheHost_IsNotEncryptedAndRunsTheIsolatedWorker()
    {
        // Where IsEncrypted is not said, func takes the values for encrypted.
        Assert.False(SampleSettings.File.GetProperty("IsEncrypted").GetBoolean());
        Assert.Equal("dotnet-isolated", SampleSettings.Values["FUNCTIONS_WORKER_RUNTIME"]);
    }

    [Fact]
    public void Sample_NameByName_IsKnown() => Assert.All(SampleSettings.Values.Keys, name => Assert.True(IsKnown(name), name));

    [Theory]
    [InlineData("Deployments__0__Nmae")]
    [InlineData("Deployments__first__Name")]
    [InlineData("Deployments__0")]
    [InlineData("Deployments__0__Name__Length")]
    [InlineData("Endpoint")]
    public void MisspelledSetting_LookedUp_IsNotKnown(string name) => Assert.False(IsKnown(name));

    [Fact]
    public void Sample_ItsEndpoint_IsWhereTheEmulatorListens()
    {
        using var settings = JsonDocument.Parse(Repository.Read("src/Emulator/Properties/launchSettings.json"));
        var url = settings.RootElement.GetProperty("profiles").EnumerateObject().Single().Value.GetProperty("applicationUrl").GetString();

        Assert.Equal(url, SampleSettings.Values["Deployments__0__Endpoint"]);
    }

    private static bool IsKnown(string name) => HostSettings.Contains(name) || IsOption(typeof(GatewayOptions), name.Split("__"));

    private static bool IsOption(Type type, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty) return type == typeof(string) || type == typeof(Uri) || type.IsValueType;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>))
            return int.TryParse(path[0], out _) && IsOption(type.GetGenericArguments()[0], path[1..]);

        return type.Namespace!.StartsWith("Gateway", StringComparison.Ordinal) && type.GetProperty(path[0]) is { } option && IsOption(option.PropertyType, path[1..]);
    }
}
