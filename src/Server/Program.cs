using Gateway;
using Microsoft.AspNetCore.Connections;
using Server;

try
{
    if (args is ["backfill", .. var rest]) return await BackfillCommand.RunAsync(rest);
    await using var server = await ServerApplication.BuildAsync(args);
    return await server.App.RunGatewayAsync();
}
catch (Exception e) when (e is InvalidDataException or IOException { InnerException: AddressInUseException })
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
