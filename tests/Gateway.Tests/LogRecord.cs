using Microsoft.Extensions.Logging;

namespace Gateway.Tests;

internal sealed record LogRecord(string Category, LogLevel Level, EventId Event, string Message, Exception? Exception, Dictionary<string, object?> Values);
