using WebhookKit;

namespace QuickStart;

/// <summary>Publishes all events of an input and reports its bad lines.</summary>
internal sealed class Publishing(IWebhookPublisher publisher, Progress progress)
{
    private readonly List<PublishedEvent> _events = [];

    /// <summary>The published events.</summary>
    public IReadOnlyList<PublishedEvent> Events => _events;

    public int BadLines { get; private set; }

    public bool FoundNothing => _events.Count + BadLines == 0;

    public async Task RunAsync(IAsyncEnumerable<EventLine> lines)
    {
        await foreach (var line in lines)
        {
            if ((line.Error ?? await PublishAsync(line.Event!)) is not { } error) continue;
            BadLines++;
            progress.Say($"Line {line.Number}: {error}");
        }
    }

    /// <returns>Why it was refused; <see langword="null"/> when it was not.</returns>
    private async Task<string?> PublishAsync(WebhookEvent webhookEvent)
    {
        try
        {
            var receipt = await publisher.PublishAsync(webhookEvent);
            if (receipt.IsDuplicate) return $"The id '{receipt.EventId}' is that of an earlier line.";
            _events.Add(new PublishedEvent(receipt.EventId, webhookEvent.Type));
            progress.Published = _events.Count;
            return null;
        }
        catch (WebhookValidationException refused)
        {
            return refused.Message;
        }
    }
}

internal sealed record PublishedEvent(string Id, string Type);
