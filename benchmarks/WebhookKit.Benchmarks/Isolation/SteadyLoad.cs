using System.Diagnostics;

namespace WebhookKit.Benchmarks.Isolation;

/// <summary>One publisher for each endpoint, at a fixed rate whatever becomes of the events. One that is late catches up.</summary>
internal sealed class SteadyLoad(int perSecond) : ILoad
{
    public Task RunAsync(EngineHost host, CancellationToken stop) =>
        Task.WhenAll(Endpoints.EventTypes.Select(type => Task.Run(() => PublishAsync(host.Publisher, type, stop), CancellationToken.None)));

    private async Task PublishAsync(IWebhookPublisher publisher, string eventType, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        for (long published = 0; !stop.IsCancellationRequested;)
        {
            if (published < Stopwatch.GetElapsedTime(started).TotalSeconds * perSecond)
            {
                await publisher.PublishAsync(eventType, Tick.Now(), cancellationToken: CancellationToken.None);
                published++;
            }
            else
            {
                await Task.Delay(1, CancellationToken.None);
            }
        }
    }
}
