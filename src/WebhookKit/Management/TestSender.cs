using System.Collections.Frozen;
using System.Net.Http.Headers;
using WebhookKit.Diagnostics;
using WebhookKit.Matching;
using WebhookKit.Publishing;
using WebhookKit.Sending;

namespace WebhookKit.Management;

/// <summary>Sends test events: the real request to the real endpoint, but nothing is stored and nothing counts.</summary>
internal sealed class TestSender(SubscriptionModelFactory models, EventValidator validator, AttemptSender sender, IdSource ids, TimeProvider time)
{
    private const int MaxHeaders = 64;
    private const int MaxHeaderLength = 1024;

    /// <exception cref="WebhookValidationException">The sample could not be published either, whatever its type.</exception>
    public async ValueTask<WebhookTestResult> SendAsync(WebhookSubscription subscription, WebhookEvent? sample, CancellationToken cancellationToken)
    {
        if (sample is not null) validator.CheckSample(sample);
        var now = time.GetUtcNow();
        var webhookEvent = sample ?? new WebhookEvent { Type = "webhook.test", Data = "{\"test\":true}"u8.ToArray() };
        webhookEvent = webhookEvent with
        {
            Id = webhookEvent.Id.Length > 0 ? webhookEvent.Id : ids.NewEventId(),
            TenantId = subscription.TenantId,
            OccurredAt = webhookEvent.OccurredAt != default ? webhookEvent.OccurredAt : now,
        };

        var model = models.Create(subscription);
        var request = RequestPreview.Build(model, webhookEvent, model.Batching is null ? null : webhookEvent.Id, 0, now);
        using var activity = new SafeActivity(WebhookActivities.StartAttempt(subscription, [webhookEvent], request));
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        var (attempt, _) = await sender.SendAsync(request, activity.TraceParent, cancellationToken, answer => Read(answer, headers));
        activity.SetResult(attempt);
        return new WebhookTestResult { Attempt = attempt, Request = RequestPreview.Show(model, request), ResponseHeaders = headers.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase) };
    }

    private static void Read(HttpResponseMessage answer, Dictionary<string, string> headers)
    {
        foreach (var part in (HttpHeadersNonValidated[])[answer.Headers.NonValidated, answer.Content.Headers.NonValidated])
        {
            foreach (var (name, values) in part)
            {
                if (headers.Count >= MaxHeaders) return;
                var text = values.ToString();
                headers[name] = text.Length <= MaxHeaderLength ? text : text[..MaxHeaderLength];
            }
        }
    }
}
