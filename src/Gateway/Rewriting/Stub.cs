using Gateway.Authentication;
using Gateway.Requests;
using Gateway.Upstream;

namespace Gateway.Rewriting;

internal struct TurnDrops { }

internal sealed class LearnedRules
{
    public bool TryLearn(UpstreamError error, ChatRequest request, ref TurnDrops drops) => false;
}
