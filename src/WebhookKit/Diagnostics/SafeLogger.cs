using Microsoft.Extensions.Logging;

namespace WebhookKit.Diagnostics;

/// <summary>
/// The host's log, which never throws: what a provider of the host's throws must not end a loop or lose count of what is under way. There
/// is nowhere left to tell of it.
/// </summary>
internal sealed class SafeLogger<T>(ILoggerFactory loggers) : ILogger
{
    private readonly ILogger _logger = loggers.CreateLogger<T>();

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return _logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            _logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // As above.
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
