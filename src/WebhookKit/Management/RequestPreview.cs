using System.Collections.Frozen;
using System.Text;
using WebhookKit.Dispatching;
using WebhookKit.Matching;
using WebhookKit.Storage;

namespace WebhookKit.Management;

/// <summary>Makes requests to show to people. Pure but for the host's formats and signers.</summary>
internal static class RequestPreview
{
    private const string Authorization = "Authorization";

    /// <summary>Makes the request of one event.</summary>
    /// <exception cref="WebhookConflictException">It cannot be made.</exception>
    public static PreparedRequest Build(SubscriptionModel model, WebhookEvent webhookEvent, string? batchId, int attemptNumber, DateTimeOffset now)
    {
        try
        {
            return RequestBuilder.Build(model, [webhookEvent], batchId, attemptNumber, now);
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

    /// <summary>Shows a request without its secrets.</summary>
    public static WebhookRequest Show(SubscriptionModel model, PreparedRequest request)
    {
        var ofFormat = request.Content.Headers?.Select(h => h.Key).ToHashSet(StringComparer.OrdinalIgnoreCase) ?? [];
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        if (request.Content.ContentType is { } contentType) headers.Add("Content-Type", contentType);
        foreach (var (name, value) in request.Headers)
        {
            var shown = ofFormat.Contains(name) || name.Equals(WebhookHandshake.OriginHeader, StringComparison.OrdinalIgnoreCase) ? Without(model, value)
                : name.Equals(Authorization, StringComparison.OrdinalIgnoreCase) || model.Subscription.Headers.Keys.Contains(name, StringComparer.OrdinalIgnoreCase) ? WebhookRequest.Hidden
                : WebhookRequest.SignedLater;
            headers[name] = headers.TryGetValue(name, out var other) && other != shown ? $"{other}, {shown}" : shown;
        }

        return new WebhookRequest
        {
            Method = request.Content.Method.Method,
            Url = Without(model, request.Content.Uri.AbsoluteUri),
            Headers = headers.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            Body = request.Content.Body.IsEmpty ? null : Without(model, Encoding.UTF8.GetString(request.Content.Body.Span)),
        };
    }

    /// <summary>A host's own format may send a secret as it is.</summary>
    private static string Without(SubscriptionModel model, string text)
    {
        foreach (var secret in model.Subscription.Secrets)
        {
            if (secret.Value.Length > 0 && !UnreadableText.IsMarked(secret.Value)) text = text.Replace(secret.Value, WebhookRequest.Hidden, StringComparison.Ordinal);
        }

        return text;
    }
}
