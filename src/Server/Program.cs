using Gateway;
using Server;

await using var server = await ServerApplication.BuildAsync(args);
return await server.App.RunGatewayAsync();
