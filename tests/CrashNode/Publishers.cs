using System.Globalization;
using WebhookKit;

namespace CrashNode;

/// <summary>Publish one event after another, a few at once, until the process is killed.</summary>
internal sealed class Publishers(IWebhookPublisher publisher, Diary diary, NodeOptions node)
{
    private const int Count = 4;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(50);
    private readonly string _padding = new('x', node.PayloadBytes);

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Count).Select(p => Task.Run(() => PublishAsync(p, stop), stop)));

    private async Task PublishAsync(int number, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{node.Run}-{number}-{i}");
            diary.Publishing(id);
            try
            {
                await publisher.PublishAsync("order.created", new { id, padding = _padding }, new PublishOptions { EventId = id, OrderingKey = $"{number}" }, stop);
                diary.Published(id);
                if (node.Pause > TimeSpan.Zero) await Task.Delay(node.Pause, stop);
            }
            catch (WebhookStoreException cause)
            {
                diary.Failed(cause);
                await Task.Delay(PauseAfterFailure, stop);
            }
        }
    }
}
