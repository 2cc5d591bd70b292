using System.Globalization;
using WebhookKit;

namespace CrashNode;

/// <summary>Publish one event after another, a few at once, until the process is killed.</summary>
internal sealed class Publishers(IWebhookPublisher publisher, Diary diary, string run, int payloadBytes, TimeSpan pause)
{
    private const int Count = 4;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(50);
    private readonly string _padding = new('x', payloadBytes);

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Count).Select(p => Task.Run(() => PublishAsync(p, stop), stop)));

    private async Task PublishAsync(int number, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{run}-{number}-{i}");
            diary.Publishing(id);
            try
            {
                await publisher.PublishAsync("order.created", new { id, padding = _padding }, new PublishOptions { EventId = id, OrderingKey = $"{number}" }, stop);
                diary.Published(id);
                if (pause > TimeSpan.Zero) await Task.Delay(pause, stop);
            }
            catch (WebhookStoreException cause)
            {
                diary.Failed(cause);
                await Task.Delay(PauseAfterFailure, stop);
            }
        }
    }
}
