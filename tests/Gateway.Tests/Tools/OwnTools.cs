using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Tools;

namespace Gateway.Tests.Tools;

/// <summary>A tool with a parameter of each kind.</summary>
public sealed class AddUpTool : ServerTool
{
    public override string Name => "add_up";

    public override string Description => "Adds up.";

    public override IReadOnlyList<ToolParameter> Parameters { get; } =
    [
        new("number", "Any number.") { Type = ToolParameterType.Number },
        new("count", "How often.") { Type = ToolParameterType.WholeNumber },
        new("is_rounded", "Whether to round.") { Type = ToolParameterType.Flag, IsRequired = false },
        new("unit", "The unit.") { IsRequired = false, MaxLength = 5 },
    ];

    public override Task<JsonNode> RunAsync(ToolCall input, CancellationToken cancellationToken)
    {
        var sum = input.Number("number")!.Value * input.Number("count")!.Value;
        var told = (input.Flag("is_rounded") == true ? Math.Round(sum) : sum).ToString(CultureInfo.InvariantCulture);
        return Task.FromResult<JsonNode>($"{input.Caller} {input.ConversationId ?? "-"} {input.EndUserKey?.Length ?? 0} {input.IsEndUserSigned}: {told} {input.Text("unit") ?? "-"}");
    }
}

/// <summary>A tool that does not answer, whatever it is told.</summary>
public sealed class HangTool : ServerTool
{
    public override string Name => "hang";

    public override string Description => "Hangs.";

    public override TimeSpan Timeout => TimeSpan.FromMilliseconds(50);

    public override Task<JsonNode> RunAsync(ToolCall input, CancellationToken cancellationToken) => new TaskCompletionSource<JsonNode>().Task;
}

/// <summary>A tool whose answer is nested more deeply than a request may be.</summary>
public sealed class NestTool : ServerTool
{
    public const int Levels = 200;

    public override string Name => "nest";

    public override string Description => "Nests.";

    public override Task<JsonNode> RunAsync(ToolCall input, CancellationToken cancellationToken) =>
        Task.FromResult(Enumerable.Range(0, Levels).Aggregate((JsonNode)"x", static (inner, _) => new JsonArray(inner)));
}

/// <summary>A tool that fails.</summary>
public sealed class FailTool : ServerTool
{
    public override string Name => "fail";

    public override string Description => "Fails.";

    public override IReadOnlyList<ToolParameter> Parameters { get; } = [new("how", "How it fails.") { IsRequired = false }];

    public override Task<JsonNode> RunAsync(ToolCall input, CancellationToken cancellationToken) => input.Text("how") switch
    {
        "throws later" => Task.FromException<JsonNode>(new InvalidTimeZoneException("a secret message")),
        "cancels itself" => Task.FromCanceled<JsonNode>(new CancellationToken(canceled: true)),
        "answers what is no JSON" => Task.FromResult<JsonNode>(double.NaN),
        _ => throw new InvalidTimeZoneException("a secret message"),
    };
}
