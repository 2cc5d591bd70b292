using System.Collections.Frozen;
using System.Net.Http.Headers;
using WebhookKit.Matching;
using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>Makes requests: format, then sign. Pure but for the host's formats and signers.</summary>
internal static class RequestBuilder
{
    /// <summary>Makes the request for deliveries, or for a test event, which belongs to none.</summary>
    /// <exception cref="RequestFault">The format or the signer threw.</exception>
    /// <exception cref="UnsendableEventException">The format cannot carry one of the events, now or ever.</exception>
    public static PreparedRequest Build(
        SubscriptionModel model, IReadOnlyList<WebhookEvent> events, string? batchId, int attemptNumber, DateTimeOffset now)
    {
        var subscription = WithActiveSecrets(model.Subscription, now);
        EnsureReadable(subscription);
        var messageId = batchId ?? events[0].Id;
        var content = Format(model.Profile, subscription, events, messageId, batchId is not null, attemptNumber);
        return new PreparedRequest
        {
            MessageId = messageId,
            BatchId = batchId,
            Content = content,
            Headers = Sign(model.Profile, subscription, content, messageId, attemptNumber, now),
            HttpClient = subscription.HttpClient ?? model.Profile.HttpClient,
            BatchSize = events.Count,
            Timeout = model.Timeout,
            Profile = model.Profile,
        };
    }

    private static WebhookContent Format(
        WebhookProfile profile, WebhookSubscription subscription, IReadOnlyList<WebhookEvent> events, string messageId, bool isBatch, int attemptNumber)
    {
        try
        {
            if (!isBatch && events.Count != 1) throw new InvalidOperationException($"There are {events.Count} events for a request that carries one.");
            return Check(profile.Format.Format(new FormatContext
            {
                MessageId = messageId,
                Events = events,
                IsBatch = isBatch,
                AttemptNumber = attemptNumber,
                Subscription = subscription,
            }));
        }
        catch (Exception cause) when (cause is not UnsendableEventException)
        {
            throw new RequestFault(RequestStage.Format, cause);
        }
    }

    private static void AddOwn(WebhookSubscription subscription, WebhookHeaders headers)
    {
        var ofProfile = headers.Count;
        foreach (var (name, value) in subscription.Headers)
        {
            for (var i = 0; i < ofProfile; i++)
            {
                if (string.Equals(headers[i].Key, name, StringComparison.OrdinalIgnoreCase))
                    throw new InvalidOperationException($"The header '{name}' of subscription '{subscription.Id}' is set by its profile too. Leave it out of the subscription's headers.");
            }

            headers.Add(name, value);
        }
    }

    /// <summary>What would be signed, encrypted or sent with a secret that cannot be read waits until it can.</summary>
    private static void EnsureReadable(WebhookSubscription subscription)
    {
        // By index: an enumerator would be made for each request.
        for (var i = 0; i < subscription.Secrets.Count; i++)
        {
            if (UnreadableText.IsMarked(subscription.Secrets[i].Value))
                throw new RequestFault(RequestStage.Sign, new InvalidOperationException("A secret cannot be read. Restore the keys that protect it, or rotate the secret."));
        }
    }

    /// <summary>Names the headers that a profile gives the requests of a subscription, as a trial shows; what cannot be tried names none.</summary>
    public static IReadOnlyList<string> FindHeaderNames(WebhookSubscription subscription, WebhookProfile profile)
    {
        var model = new SubscriptionModel { Subscription = subscription with { Headers = FrozenDictionary<string, string>.Empty }, Profile = profile, Partition = 0, MaxConcurrency = 1, Timeout = default };
        var sample = new WebhookEvent { Id = "trial", Type = "trial", OccurredAt = DateTimeOffset.UnixEpoch, Data = "{}"u8.ToArray() };
        try
        {
            // The second attempt, which may say so in a header.
            return [.. Build(model, [sample], null, 2, DateTimeOffset.UnixEpoch).Headers.Select(h => h.Key)];
        }
        catch (Exception fault) when (fault is RequestFault or UnsendableEventException)
        {
            return [];
        }
    }

    /// <summary>Says what keeps an event by itself from being formatted; <see langword="null"/> when nothing does.</summary>
    public static Exception? FindFormatFault(SubscriptionModel model, WebhookEvent webhookEvent, bool isBatch, DateTimeOffset now)
    {
        try
        {
            Format(model.Profile, WithActiveSecrets(model.Subscription, now), [webhookEvent], webhookEvent.Id, isBatch, attemptNumber: 1);
            return null;
        }
        catch (Exception fault)
        {
            return fault;
        }
    }

    /// <summary>What a host's format got wrong is its fault, not the endpoint's, and must not break the request apart.</summary>
    private static WebhookContent Check(WebhookContent content)
    {
        if (content.Uri is not { IsAbsoluteUri: true }) throw new InvalidOperationException($"The format gave the URI '{content.Uri}', which is not absolute.");
        if (content.Method is null) throw new InvalidOperationException("The format gave no method.");
        if (content.ContentType is null && !content.Body.IsEmpty) throw new InvalidOperationException("The format gave a body without a content type, which would not be sent.");
        if (content.ContentType is not null && !MediaTypeHeaderValue.TryParse(content.ContentType, out _))
            throw new InvalidOperationException("The format gave a content type that is not a media type.");
        return content;
    }

    private static WebhookHeaders Sign(
        WebhookProfile profile, WebhookSubscription subscription, WebhookContent content, string messageId, int attemptNumber, DateTimeOffset now)
    {
        try
        {
            var headers = new WebhookHeaders();
            if (content.Headers is not null)
            {
                foreach (var (name, value) in content.Headers) headers.Add(name, value);
            }

            profile.Signer?.Sign(
                new SigningContext
                {
                    MessageId = messageId,
                    Timestamp = now,
                    AttemptNumber = attemptNumber,
                    Method = content.Method,
                    Uri = content.Uri,
                    ContentType = content.ContentType,
                    Body = content.Body,
                    Secrets = InOrder(subscription.Secrets, profile.Retry),
                },
                headers);
            if (profile.Handshake is { } handshake) headers.Add(WebhookHandshake.OriginHeader, handshake.Origin);
            if (subscription.Headers.Count > 0) AddOwn(subscription, headers);
            return headers;
        }
        catch (Exception cause)
        {
            throw new RequestFault(RequestStage.Sign, cause);
        }
    }

    /// <summary>
    /// Where one signature has to do and no retry can try the other secret, the old one signs until its overlap ends: then the receiver
    /// has had time to learn the new one.
    /// </summary>
    private static IReadOnlyList<WebhookSecret> InOrder(IReadOnlyList<WebhookSecret> newestFirst, RetrySchedule retry) =>
        newestFirst.Count > 1 && retry.Delays.Count == 0 ? [.. newestFirst.Reverse()] : newestFirst;

    /// <summary>A secret whose overlap has ended stays with the subscription until the next rotation, and no request is to see it.</summary>
    private static WebhookSubscription WithActiveSecrets(WebhookSubscription subscription, DateTimeOffset now)
    {
        // By index: an enumerator would be made for each request.
        for (var i = 0; i < subscription.Secrets.Count; i++)
        {
            if (!subscription.Secrets[i].IsActiveAt(now)) return subscription with { Secrets = [.. subscription.Secrets.Where(s => s.IsActiveAt(now))] };
        }

        return subscription;
    }
}
