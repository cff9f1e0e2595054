using YamlDotNet.RepresentationModel;

namespace Infra.Tests.Node;

public sealed class WorkflowTests
{
    [Fact]
    public async Task Workflows_Linted_ReportNothing()
    {
        var result = await NodeTools.RunAsync("lint-workflow.mjs", Directory.EnumerateFiles(Repository.PathOf(".github/workflows"), "*.yml"));

        Assert.Equal((0, ""), (result.ExitCode, result.All));
    }

    [Theory]
    [InlineData("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ unknown.value }}\n", "undefined variable")]
    [InlineData("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    stepz: []\n", "unexpected key")]
    [InlineData("on: pushed\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n", "unknown Webhook event")]
    public async Task Workflow_Planted_IsFound(string text, string finding)
    {
        using var folder = new TemporaryFolder();

        var result = await NodeTools.RunAsync("lint-workflow.mjs", [folder.Write(".github/workflows/planted.yml", text)]);

        Assert.Contains(finding, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Deployment_SignsIn_WithoutASecret()
    {
        var text = Repository.Read(".github/workflows/azure-dev.yml");
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        var job = (YamlMappingNode)root["jobs"]["deploy"];

        Assert.Empty(((YamlMappingNode)root["permissions"]).Children);
        Assert.Equal("write", ((YamlScalarNode)job["permissions"]["id-token"]).Value);
        Assert.DoesNotContain("secrets.", text, StringComparison.Ordinal);
        Assert.All(((YamlSequenceNode)job["steps"]).OfType<YamlMappingNode>().Where(s => s.Children.ContainsKey("uses")),
            step => Assert.Matches("^[^@]+@[0-9a-f]{40}$", ((YamlScalarNode)step["uses"]).Value));
    }
}
