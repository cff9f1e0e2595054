using Gateway;
using Gateway.Privacy;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>Hands out all there is of an end user.</summary>
public sealed class EndUserExportTrigger(EndUserExportHandler handler)
{
    /// <summary>Writes it.</summary>
    [Function("EndUserExport")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "POST", Route = Routes.EndUserExport)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
