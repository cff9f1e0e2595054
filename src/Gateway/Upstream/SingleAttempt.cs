using System.ClientModel.Primitives;

namespace Gateway.Upstream;

/// <summary>
/// Stands where the SDK's pipeline wants a retry policy, and passes on: an attempt belongs to the turn, and so does the next one. The SDK's own
/// policy with no retries does the same at the cost of three calls that wait.
/// </summary>
internal sealed class SingleAttempt : PipelinePolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        pipeline[currentIndex + 1].Process(message, pipeline, currentIndex + 1);

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        pipeline[currentIndex + 1].ProcessAsync(message, pipeline, currentIndex + 1);
}
