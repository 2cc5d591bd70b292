using System.Diagnostics;
using WebhookKit.Dispatching;

namespace WebhookKit.Diagnostics;

/// <summary>The activities of the source <c>WebhookKit</c>.</summary>
internal static class WebhookActivities
{
    public const string SourceName = "WebhookKit";

    private static readonly ActivitySource Source = new(SourceName);

    public static bool AreListenedTo => Source.HasListeners();

    public static Activity? StartPublish(WebhookEvent[] events)
    {
        if (!Source.HasListeners()) return null;
        var activity = Source.StartActivity($"publish {events[0].Type}", ActivityKind.Producer);
        activity?.SetTag("webhookkit.event.type", events[0].Type);
        activity?.SetTag("webhookkit.event.count", events.Length);
        return activity;
    }

    /// <summary>Starts an attempt's activity: a trace of its own, linked to those of the publishers of its events.</summary>
    public static Activity? StartAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookEvent> events, PreparedRequest request)
    {
        if (!Source.HasListeners()) return null;
        ActivityLink[] links = [.. events.Select(e => e.TraceParent).Distinct().Where(t => t is not null)
            .Select(t => ActivityContext.TryParse(t, null, out var context) ? new ActivityLink(context) : default)
            .Where(l => l.Context != default)];

        // Where a drain, or a test event, runs in a flow of the host's, its activity would be the parent.
        Activity.Current = null;
        var activity = Source.StartActivity(ActivityKind.Client, default(ActivityContext), links: links, name: $"deliver {events[0].Type}");
        activity?.SetTag("webhookkit.subscription.id", subscription.Id);
        activity?.SetTag("webhookkit.message.id", request.MessageId);
        activity?.SetTag("webhookkit.batch.size", request.BatchSize);
        activity?.SetTag("server.address", request.Content.Uri.Host);
        return activity;
    }
}
