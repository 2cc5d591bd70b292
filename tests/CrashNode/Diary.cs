using System.Text;
using Microsoft.Extensions.Logging;
using WebhookKit;

namespace CrashNode;

/// <summary>Tells the test, line by line and at once, what this process has done, so that it is known when the process is killed.</summary>
/// <remarks>
/// <code>
/// P id             is about to publish this event
/// R id             its publishing has returned
/// F message        its publishing has failed
/// S lane id        the delivery of this event is settled as succeeded
/// Z lane message   the store has refused what became of this message: another process owns the lane by now
/// O partitions     owns so many partitions from now on
/// L partition      has lost a partition
/// I                nothing is pending any more
/// </code>
/// </remarks>
internal sealed class Diary : IWebhookObserver, ILoggerProvider, ILogger
{
    private readonly Lock _lock = new();
    private readonly Stream _output = Console.OpenStandardOutput();

    public void Publishing(string id) => Write($"P {id}");

    public void Published(string id) => Write($"R {id}");

    public void Failed(Exception cause) => Write($"F {cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}");

    public void Idle() => Write("I");

    public void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt)
    {
        if (attempt.Outcome != AttemptOutcome.Succeeded) return;
        Write(string.Join('\n', deliveries.Select(d => $"S {subscription.Id} {d.EventId}")));
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    /// <summary>What no observer is told of stands in the log, under stable ids.</summary>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values) return;
        object? Value(string name) => values.FirstOrDefault(v => v.Key == name).Value;
        if (eventId.Id == 1) Write($"O {Value("Owned")}");
        if (eventId.Id == 10 && Value("Settlement") is SettleResult.Fenced) Write($"Z {Value("SubscriptionId")} {Value("MessageId")}");
        if (eventId.Id == 11) Write($"L {Value("Partition")}");
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
        // The process's output ends with the process.
    }

    private void Write(string lines)
    {
        lock (_lock)
        {
            _output.Write(Encoding.UTF8.GetBytes(lines + "\n"));
            _output.Flush();
        }
    }
}
