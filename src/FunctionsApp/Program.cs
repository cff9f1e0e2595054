using Gateway;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
// Kestrel's own limit resets the connection, which the host turns into a 500. Each route that reads a body counts it and answers 413.
builder.Services.Configure<KestrelServerOptions>(static kestrel => kestrel.Limits.MaxRequestBodySize = null);
builder.Services.AddGateway(builder.Configuration);
return await builder.Build().RunGatewayAsync();
