using Azure.Core;
using Azure.Core.Pipeline;

namespace Gateway.Storage;

/// <summary>Makes of a deletion one that ends what was deleted softly. The service has had it since 2020, and the SDK offers no way to it.</summary>
internal sealed class PermanentDeletion : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        if (message.Request.Method == RequestMethod.Delete) message.Request.Uri.AppendQuery("deletetype", "permanent");
    }
}
