using Microsoft.AspNetCore.Http;
using WebhookKit.AspNetCore.Receiving;

namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>What verifying a request under a profile says, for the page.</summary>
/// <param name="Status"><c>valid</c>, <c>invalid</c> or <c>unchecked</c>.</param>
/// <param name="Profile">The profile's name.</param>
/// <param name="Message">Why it is not valid.</param>
/// <param name="MessageId">The proved message id.</param>
/// <param name="Events">The events in it.</param>
internal sealed record Inspection(string Status, string? Profile, string? Message, string? MessageId, IReadOnlyList<WebhookEvent> Events)
{
    public static Inspection Unchecked(string message) => new("unchecked", null, message, null, []);

    /// <summary>Says why a profile cannot verify with some secrets; <see langword="null"/> when it can.</summary>
    public static string? FindFault(WebhookProfile profile, IEnumerable<string> secrets)
    {
        try
        {
            Create(profile, secrets, TimeProvider.System);
            return null;
        }
        catch (ArgumentException fault)
        {
            // Its message names the parameter behind it.
            return fault.Message.Split(" (Parameter", 2)[0];
        }
    }

    public static Inspection Of(WebhookProfile profile, IEnumerable<string> secrets, HttpContext context, ReadOnlyMemory<byte> body, TimeProvider time)
    {
        if (FindFault(profile, secrets) is { } fault) return Unchecked(fault);
        if (profile.Format is not IWebhookReader) return Unchecked($"The format of profile '{profile.Name}' cannot read requests.");
        var verification = Create(profile, secrets, time).Receive(HttpMethod.Parse(context.Request.Method), RequestTarget.Of(context), new HeaderLines(context.Request.Headers), body);
        return verification.IsValid
            ? new Inspection("valid", profile.Name, profile.Signer is null ? "Nothing is signed under this profile." : null, verification.MessageId, verification.Events)
            : new Inspection("invalid", profile.Name, verification.Message, null, []);
    }

    private static WebhookVerifier Create(WebhookProfile profile, IEnumerable<string> secrets, TimeProvider time) =>
        new(profile.Signer is null ? profile with { Signer = new Unsigned() } : profile, secrets, time);
}
