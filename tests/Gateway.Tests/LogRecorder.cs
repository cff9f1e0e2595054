using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogRecord> _records = [];

    public IReadOnlyCollection<LogRecord> Records => _records;

    /// <summary>The lines that turns have left.</summary>
    public IEnumerable<LogRecord> Turns => _records.Where(record => record.Event.Id == 1 && record.Category.StartsWith("Gateway.", StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogRecorder recorder, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            recorder._records.Enqueue(new LogRecord(
                category, logLevel, eventId, formatter(state, exception), exception, state is IEnumerable<KeyValuePair<string, object?>> values ? values.ToDictionary() : []));
    }
}
