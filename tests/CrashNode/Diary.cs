using System.Text;
using WebhookKit;

namespace CrashNode;

/// <summary>Tells the test, line by line and at once, what this process has done, so that it is known when the process is killed.</summary>
/// <remarks>
/// <code>
/// P id         is about to publish this event
/// R id         its publishing has returned
/// F message    its publishing has failed
/// S lane id    the delivery of this event is settled as succeeded
/// I            nothing is pending any more
/// </code>
/// </remarks>
internal sealed class Diary : IWebhookObserver
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

    private void Write(string lines)
    {
        lock (_lock)
        {
            _output.Write(Encoding.UTF8.GetBytes(lines + "\n"));
            _output.Flush();
        }
    }
}
