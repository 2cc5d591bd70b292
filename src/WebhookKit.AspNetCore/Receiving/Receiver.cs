using Microsoft.AspNetCore.Http;
using WebhookKit.Diagnostics;
using WebhookKit.Formats.CloudEvents;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>One endpoint: proof, body, signature, events; then it is the taker's.</summary>
internal sealed class Receiver(string name, WebhookReceiverOptions options, Proof proof, Verifying verifying, IMessageTaker taker, SafeLogger<Receiver> logger)
{
    private const string OutsideRoute = "";
    private readonly bool _hasSources = options.Profile.Format is CloudEventsFormat;

    public async Task HandleAsync(HttpContext context)
    {
        var answer = await TakeAsync(context);
        if (answer.AsksToWait) context.Response.Headers.RetryAfter = ((int)Math.Ceiling(options.RetryAfter.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (answer == Answer.Unproved && proof.AsksForCredentials) context.Response.Headers.WWWAuthenticate = "Basic realm=\"webhooks\"";
        await answer.WriteAsync(context);
    }

    private async ValueTask<Answer> TakeAsync(HttpContext context)
    {
        if (proof.FindFault(context) is { } fault) return Refuse(VerificationFailure.NoMatchingSignature, fault);
        if (await verifying.FindVerifierAsync(context) is not { } verifier) return Refuse(VerificationFailure.NoMatchingSignature, "There is no secret for it.");
        if (await RequestBody.ReadAsync(context, options.MaxBodyBytes) is not { } body) return Answer.TooLarge;

        var verification = verifying.Verify(verifier, context, body);
        if (!verification.IsValid) return Refuse(verification.Failure, verification.Message);
        if (options.IsGone is { } isGone && await isGone(context)) return Answer.Gone;
        var tenant = options.ResolveTenant is { } resolve ? await resolve(context) : null;
        return await taker.TakeAsync(CreateMessage(verification, tenant, options.ResolveTenant is null ? ScopeOf(context) : tenant ?? ""), context.RequestAborted);
    }

    private Answer Refuse(VerificationFailure failure, string? reason)
    {
        ReceiverLog.Refused(logger, name, failure, reason);
        return failure == VerificationFailure.MalformedBody ? Answer.Malformed : Answer.Unproved;
    }

    private ReceivedMessage CreateMessage(WebhookVerification verification, string? tenant, string scope)
    {
        var events = new WebhookEvent[verification.Events.Count];
        var keys = new EventKey[events.Length];
        for (var i = 0; i < events.Length; i++)
        {
            var webhookEvent = verification.Events[i];
            var id = IdOf(verification, webhookEvent, i);
            var source = _hasSources ? webhookEvent.Attributes.GetValueOrDefault("source") ?? "" : "";
            keys[i] = new EventKey(scope, source, id);
            events[i] = tenant is null && (id ?? "") == webhookEvent.Id ? webhookEvent : webhookEvent with { TenantId = tenant, Id = id ?? "" };
        }

        return new ReceivedMessage { MessageId = verification.MessageId, SignedAt = verification.Timestamp, Events = events, Keys = keys };
    }

    private string? IdOf(WebhookVerification verification, WebhookEvent webhookEvent, int index)
    {
        if (webhookEvent.Id.Length > 0) return webhookEvent.Id;
        if (options.FindEventId?.Invoke(webhookEvent) is { Length: > 0 } found) return found;
        return verification.MessageId is not { } id ? null
            : verification.Events.Count == 1 ? id
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{id}-{index}");
    }

    /// <summary>What the route says of the sender: two senders may use one id.</summary>
    private static string ScopeOf(HttpContext context)
    {
        var values = context.Request.RouteValues;
        if (values.Count == 0) return OutsideRoute;
        var scope = values.Where(v => v.Key != Proof.PathParameter).OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => Uri.EscapeDataString(v.Value?.ToString() ?? ""));
        return string.Join('/', scope);
    }
}
