using Gateway;
using Gateway.Tools;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>What describes a tool to ElevenLabs.</summary>
public sealed class ToolSchemaTrigger(ToolSchemaHandler handler)
{
    /// <summary>Writes it.</summary>
    [Function("ToolSchema")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "GET", Route = Routes.Tool)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
