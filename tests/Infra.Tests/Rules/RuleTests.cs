namespace Infra.Tests.Rules;

public sealed class RuleTests
{
    private static readonly Dictionary<string, Rule> Rules =
        AppRules.All.Concat(AccessRules.All).Concat(OperationRules.All).ToDictionary(rule => rule.Name);

    public static TheoryData<string> Names => new(Rules.Keys);

    public static TheoryData<string, int> Plants =>
        new(Rules.Values.SelectMany(rule => Enumerable.Range(0, rule.Plants.Length).Select(i => (rule.Name, i))));

    [Theory]
    [MemberData(nameof(Names))]
    public void Rule_OverEverySnapshot_Holds(string name)
    {
        foreach (var snapshot in Snapshot.Names) Assert.Empty(Rules[name].Violations(Snapshot.Load(snapshot)));
    }

    [Theory]
    [MemberData(nameof(Plants))]
    public void Violation_Planted_IsFound(string name, int plant)
    {
        var snapshot = Snapshot.Load("private-network");
        Rules[name].Plants[plant](snapshot);

        Assert.NotEmpty(Rules[name].Violations(snapshot));
    }

    [Fact]
    public void Rules_All_HaveAPlant() => Assert.All(Rules.Values, rule => Assert.NotEmpty(rule.Plants));
}
