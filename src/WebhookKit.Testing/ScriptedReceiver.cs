using System.Collections.Concurrent;

namespace WebhookKit.Testing;

/// <summary>
/// Stands in for all endpoints: the innermost handler of an <see cref="HttpClient"/> that answers by script and keeps every request.
/// </summary>
/// <remarks>
/// <code>
/// var receiver = new ScriptedReceiver(clock);
/// receiver.Reply(500, 500, 200);                                   // every URL that has no script of its own
/// receiver.For("https://example.com/slow").ReplyAfter(TimeSpan.FromSeconds(2), 200);
/// receiver.For("https://example.com/gone").Reply(410);
/// </code>
/// Safe for use by many threads at once. Disposing it changes nothing, so that a handler pipeline can be remade around it.
/// </remarks>
public sealed class ScriptedReceiver : HttpMessageHandler
{
    private readonly TimeProvider _clock;
    private readonly ParkingLot _parking;
    private readonly ConcurrentDictionary<string, ReceiverScript> _scripts = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly List<ReceivedRequest> _requests = [];

    /// <summary>Makes a receiver that answers 200 to everything.</summary>
    /// <param name="timeProvider">The clock of its delays and of <see cref="ReceivedRequest.ReceivedAt"/>.</param>
    public ScriptedReceiver(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _clock = timeProvider;
        _parking = new ParkingLot(timeProvider, count => ParkedCountChanged?.Invoke(count));
    }

    /// <summary>Told the new <see cref="ParkedCount"/> after each change, by the thread that changed it. Return quickly; calls may overlap.</summary>
    public event Action<int>? ParkedCountChanged;

    /// <summary>The script of all URLs that have none of their own.</summary>
    public ReceiverScript Default { get; } = new();

    /// <summary>How many requests wait for the clock right now: delayed answers and hanging requests.</summary>
    public int ParkedCount => _parking.Count;

    /// <summary>All requests so far, in order of arrival.</summary>
    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    /// <summary>The script of one URL, made empty when it is first asked for.</summary>
    /// <param name="url">The absolute URL. Its query is left out of account.</param>
    /// <returns>The script.</returns>
    public ReceiverScript For(string url) => For(new Uri(url, UriKind.Absolute));

    /// <inheritdoc cref="For(string)"/>
    public ReceiverScript For(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return _scripts.GetOrAdd(KeyOf(url), static _ => new ReceiverScript());
    }

    /// <summary>The requests to one URL so far, in order of arrival.</summary>
    /// <param name="url">The absolute URL. Its query is left out of account.</param>
    /// <returns>The requests.</returns>
    public IReadOnlyList<ReceivedRequest> RequestsTo(string url) => RequestsTo(new Uri(url, UriKind.Absolute));

    /// <inheritdoc cref="RequestsTo(string)"/>
    public IReadOnlyList<ReceivedRequest> RequestsTo(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        var key = KeyOf(url);
        return [.. Requests.Where(request => KeyOf(request.Uri) == key)];
    }

    /// <summary>Adds to <see cref="Default"/>: answers with these statuses, one request each.</summary>
    /// <param name="statusCodes">The HTTP statuses.</param>
    /// <returns>The default script.</returns>
    public ReceiverScript Reply(params ReadOnlySpan<int> statusCodes) => Default.Reply(statusCodes);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var (received, step) = Record(request, body);
        var response = await step.RunAsync(received, request, _parking, cancellationToken);
        received.StatusCode = (int)response.StatusCode;
        return response;
    }

    // Under one lock, so that requests that arrive together take their steps in the order in which they are listed.
    private (ReceivedRequest Received, ScriptStep Step) Record(HttpRequestMessage request, byte[] body)
    {
        var script = _scripts.TryGetValue(KeyOf(request.RequestUri!), out var own) && !own.IsEmpty ? own : Default;
        lock (_lock)
        {
            var received = new ReceivedRequest(_requests.Count + 1, request, body, _clock.GetUtcNow());
            _requests.Add(received);
            return (received, script.TakeNext());
        }
    }

    private static string KeyOf(Uri url) => url.GetLeftPart(UriPartial.Path);
}
