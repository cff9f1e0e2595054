using System.Net.Sockets;
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
catch (SocketException e)
{
    // An address that this machine does not have, or a port that its user may not take; the message names neither.
    await Console.Error.WriteLineAsync($"Failed to bind to the address: {e.Message.TrimEnd('.')}. Another: --urls http://127.0.0.1:5081");
    return 1;
}
catch (IOException e) when (e.InnerException is AddressInUseException or AggregateException)
{
    await Console.Error.WriteLineAsync($"{e.Message} Another: --urls http://127.0.0.1:5081");
    return 1;
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
{
    // The latter two are of files of ours, such as a folder that cannot be made, and name them.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
