using Gateway;
using Microsoft.Azure.Functions.Worker.Builder;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddGateway(builder.Configuration);
return await builder.Build().RunGatewayAsync();
