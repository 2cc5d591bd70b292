namespace WebhookKit.Benchmarks.Throughput;

/// <summary>
/// What somebody would write who needs no more than speed: so many workers, each signing and sending one request after another. It
/// gets its bodies ready made, and nothing of it is stored, matched, retried or noted down.
/// </summary>
internal sealed class LoopSide : ISide, IDisposable
{
    private readonly Uri[] _urls;
    private readonly byte[][] _bodies;
    private readonly int _concurrency;
    private readonly PlainSender _sender = new();
    private int _started;

    public LoopSide(Uri[] urls, int concurrency)
    {
        _urls = urls;
        _bodies = [.. urls.Select((_, i) => Payload.BodyOf(EngineSide.EventType(i), Payload.For(EngineSide.EventType(i))))];
        _concurrency = concurrency;
    }

    public Task SendAsync(int requests)
    {
        _started = 0;
        return Task.WhenAll(Enumerable.Range(0, _concurrency).Select(_ => Task.Run(() => WorkAsync(requests))));
    }

    public void Dispose() => _sender.Dispose();

    private async Task WorkAsync(int requests)
    {
        while (Interlocked.Increment(ref _started) is var number && number <= requests)
        {
            var endpoint = number % _urls.Length;
            await _sender.SendAsync("msg_" + Guid.CreateVersion7().ToString("N"), _urls[endpoint], _bodies[endpoint]);
        }
    }
}
