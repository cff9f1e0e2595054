using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogRecord> _records = [];
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _events = [];
    private readonly Channel<LogRecord> _turns = Channel.CreateUnbounded<LogRecord>();

    public IReadOnlyCollection<LogRecord> Records => _records;

    /// <summary>The line that the next turn leaves. It comes behind the response, so a caller who has read all of that may have to wait.</summary>
    public Task<LogRecord> NextTurnAsync() =>
        _turns.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

    /// <summary>Completes when an event of this id was logged, before or after this call.</summary>
    public Task EventAsync(int id) => Event(id).Task.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private TaskCompletionSource Event(int id) => _events.GetOrAdd(id, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private sealed class Logger(LogRecorder recorder, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? pairs.ToDictionary() : [];
            var record = new LogRecord(category, logLevel, eventId, formatter(state, exception), exception, values);
            recorder._records.Enqueue(record);
            if (category.StartsWith("Gateway.", StringComparison.Ordinal)) recorder.Event(eventId.Id).TrySetResult();
            if (eventId.Id == 1 && category == typeof(ChatCompletionsHandler).FullName) recorder._turns.Writer.TryWrite(record);
        }
    }
}
