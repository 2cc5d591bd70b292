using System.Collections.Concurrent;

namespace WebhookKit.Sending;

/// <summary>
/// Closes the connections of the handlers that were made when the host's services are disposed. The factory of HTTP clients never does, and
/// then they, and all that hangs on them, stay until each has been idle for a minute.
/// </summary>
internal sealed class OpenHandlers : IDisposable
{
    // A bag would keep them for its threads: what a handler knows may lead back here, and then nothing of a host that has ended was ever let go.
    private readonly ConcurrentQueue<HttpMessageHandler> _handlers = [];

    public T Add<T>(T handler)
        where T : HttpMessageHandler
    {
        _handlers.Enqueue(handler);
        return handler;
    }

    public void Dispose()
    {
        foreach (var handler in _handlers) handler.Dispose();
    }
}
