using Gateway;
using Microsoft.AspNetCore.Connections;
using Server;

try
{
    if (args is ["backfill", .. var rest]) return await BackfillCommand.RunAsync(rest);
    if (CommandLine.Problem(args) is { } problem)
    {
        await Console.Error.WriteLineAsync(problem);
        return 2;
    }

    await using var server = await ServerApplication.BuildAsync(args);
    return await server.App.RunGatewayAsync();
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{e.Message} Another: --urls http://127.0.0.1:5081");
    return 1;
}
catch (InvalidDataException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
