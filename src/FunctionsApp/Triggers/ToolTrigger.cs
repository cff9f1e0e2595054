using Gateway;
using Gateway.Tools;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>A tool that an agent calls.</summary>
public sealed class ToolTrigger(ToolHandler handler)
{
    /// <summary>Runs it.</summary>
    [Function("Tool")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "POST", Route = Routes.Tool)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
