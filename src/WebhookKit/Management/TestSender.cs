using WebhookKit.Diagnostics;
using WebhookKit.Dispatching;
using WebhookKit.Matching;
using WebhookKit.Publishing;
using WebhookKit.Sending;

namespace WebhookKit.Management;

/// <summary>Sends test events: the real request to the real endpoint, but nothing is stored and nothing counts.</summary>
internal sealed class TestSender(SubscriptionModelFactory models, EventValidator validator, AttemptSender sender, IdSource ids, TimeProvider time)
{
    /// <exception cref="WebhookValidationException">The sample could not be published either, whatever its type.</exception>
    public async ValueTask<DeliveryAttempt> SendAsync(WebhookSubscription subscription, WebhookEvent? sample, CancellationToken cancellationToken)
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
        var isBatch = model.Batching is not null;
        var request = Build(model, webhookEvent, isBatch, now);
        using var activity = new SafeActivity(WebhookActivities.StartAttempt(subscription, [webhookEvent], request));
        var attempt = (await sender.SendAsync(request, cancellationToken)).ToAttempt(request);
        activity.SetResult(attempt);
        return attempt;
    }

    private static PreparedRequest Build(SubscriptionModel model, WebhookEvent webhookEvent, bool isBatch, DateTimeOffset now)
    {
        try
        {
            return RequestBuilder.Build(model, [webhookEvent], isBatch ? webhookEvent.Id : null, 0, now);
        }
        catch (UnsendableEventException refusal)
        {
            throw new WebhookConflictException(
                $"The request of subscription '{model.Id}' could not be made: {refusal.Message} Send another sample, or change the subscription.", refusal);
        }
        catch (RequestFault fault)
        {
            throw new WebhookConflictException(
                $"The request of subscription '{model.Id}' could not be made (stage {fault.Stage}): {fault.Message} Mend the profile '{model.Profile.Name}', or send another sample.",
                fault.InnerException);
        }
    }
}
