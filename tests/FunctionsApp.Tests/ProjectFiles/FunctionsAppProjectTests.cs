using System.Text.Json;
using static FunctionsApp.Tests.ProjectFiles.ProjectEvaluation;

namespace FunctionsApp.Tests.ProjectFiles;

/// <summary>The project file of the Functions app, as MSBuild understands it: where its packages cannot be had, this stands for a build.</summary>
public sealed class FunctionsAppProjectTests(FunctionsAppProject project) : IClassFixture<FunctionsAppProject>
{
    [Theory]
    [InlineData("TargetFramework", "net10.0")]
    [InlineData("AzureFunctionsVersion", "v4")]
    [InlineData("OutputType", "Exe")]
    [InlineData("RuntimeIdentifier", "linux-x64")]
    [InlineData("SelfContained", "false")]
    [InlineData("PublishReadyToRun", "true")]
    [InlineData("PublishReadyToRunComposite", "false")]
    [InlineData("PublishSingleFile", "")]
    [InlineData("PublishTrimmed", "")]
    public void Project_Published_IsAFrameworkDependentReadyToRunWorkerForLinux(string property, string value) =>
        Assert.Equal(value, project.Release.Property(property));

    [Fact]
    public void Project_BuiltLocally_IsForThisMachine() => Assert.Empty(project.Debug.Property("RuntimeIdentifier"));

    [Fact]
    public void Project_ForTheWorker_KeepsReflectionJsonAndPinsNothingBehindItsBack()
    {
        Assert.Equal("true", project.Release.Property("JsonSerializerIsReflectionEnabledByDefault"));
        Assert.Equal("false", project.Release.Property("CentralPackageTransitivePinningEnabled"));
    }

    [Fact]
    public void Project_ForAzd_HasAnIdForUserSecrets() => Assert.NotEmpty(project.Release.Property("UserSecretsId"));

    [Fact]
    public void Project_ItsPackages_AreTheWorkersWithOneExactCentralVersionEach()
    {
        var packages = project.Debug.Items("PackageReference").Where(package => !package.Key.StartsWith("Microsoft.CodeAnalysis.", StringComparison.Ordinal)).ToArray();

        Assert.Equal(
            [
                "Microsoft.Azure.Functions.Worker",
                "Microsoft.Azure.Functions.Worker.Extensions.Http",
                "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore",
                "Microsoft.Azure.Functions.Worker.Sdk",
            ],
            packages.Select(package => package.Key).Order(StringComparer.Ordinal));
        Assert.All(packages, package =>
        {
            Assert.True(Version.TryParse(Metadata(project.Debug.Items("PackageVersion")[package.Key], "Version"), out _));
            Assert.Empty(Metadata(package.Value, "Version"));
            Assert.Empty(Metadata(package.Value, "VersionOverride"));
        });
    }

    [Fact]
    public void Project_ItsReferences_AreTheGatewayAndAspNetCore()
    {
        Assert.Equal("../Gateway/Gateway.csproj", Assert.Single(project.Debug.Items("ProjectReference").Keys));
        Assert.Contains("Microsoft.AspNetCore.App", project.Debug.Items("FrameworkReference").Keys);
    }

    [Fact]
    public void Project_BuiltAndPublished_CarriesHostJson() => AssertLink(project.Release.Items("None")["../../host.json"], "host.json", toPublish: "PreserveNewest");

    [Fact]
    public void Project_BesideLocalSettings_CarriesThemToTheOutputAlone()
    {
        AssertLink(project.Release.Items("None")["../../local.settings.json"], "local.settings.json", toPublish: "Never");
        Assert.DoesNotContain("../../local.settings.json", project.Debug.Items("None").Keys);
    }

    [Fact]
    public void Project_RunByDotnetRun_RunsInAnAbsoluteFolderThoughTheOutputFolderIsRelative() => Assert.Equal(
        Path.Combine(project.Run.Property("MSBuildProjectDirectory"), FunctionsAppProject.RelativeOutDir),
        project.Run.Property("RunWorkingDirectory"));

    private static void AssertLink(JsonElement item, string link, string toPublish)
    {
        Assert.Equal(link, Metadata(item, "Link"));
        Assert.Equal("PreserveNewest", Metadata(item, "CopyToOutputDirectory"));
        Assert.Equal(toPublish, Metadata(item, "CopyToPublishDirectory"));
    }
}
