using WebhookKit;

namespace QuickStart;

/// <summary>Publishes all events of an input and reports its bad lines.</summary>
internal sealed class Publishing(IWebhookPublisher publisher, EarlierRuns earlier, Progress progress)
{
    private readonly List<PublishedEvent> _published = [];
    private readonly HashSet<string> _ids = [];

    /// <summary>The events that were published, now or by earlier runs.</summary>
    public IReadOnlyList<PublishedEvent> Events => [.. earlier.Events, .. _published];

    /// <summary>How many were published now.</summary>
    public int Published => _published.Count;

    /// <summary>How many of the input an earlier run had published.</summary>
    public int PublishedBefore { get; private set; }

    public int BadLines { get; private set; }

    public bool FoundNothing => Published + PublishedBefore + BadLines + earlier.Events.Count == 0;

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
            var isFirst = _ids.Add(receipt.EventId);
            if (receipt.IsDuplicate)
            {
                if (!isFirst) return $"The id '{receipt.EventId}' is that of an earlier line.";
                PublishedBefore++;
                return null;
            }

            _published.Add(new PublishedEvent(receipt.EventId, webhookEvent.Type));
            progress.Published = Published;
            return null;
        }
        catch (WebhookValidationException refused)
        {
            return refused.Message;
        }
    }
}

internal sealed record PublishedEvent(string Id, string Type);
