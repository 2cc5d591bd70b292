using System.Diagnostics;

namespace WebhookKit.Diagnostics;

/// <summary>
/// An activity whose end never throws: it comes after something has been stored or sent, which what a listener of the host's throws must
/// not belie.
/// </summary>
internal readonly struct SafeActivity(Activity? activity) : IDisposable
{
    /// <summary>What names it to other systems (W3C Trace Context, section 3.2); <see langword="null"/> without an activity.</summary>
    public string? TraceParent => activity is { IdFormat: ActivityIdFormat.W3C } ? activity.Id : null;

    public void SetResult(DeliveryAttempt attempt)
    {
        if (activity is null) return;
        activity.SetTag("webhookkit.outcome", attempt.Outcome.ToString());
        if (attempt.StatusCode is { } statusCode) activity.SetTag("http.response.status_code", statusCode);
        if (attempt.Outcome != AttemptOutcome.Succeeded) activity.SetStatus(ActivityStatusCode.Error, attempt.Error);
    }

    public void Dispose()
    {
        try
        {
            activity?.Dispose();
        }
        catch (Exception)
        {
            // The listener's own fault, and tracing has no other place to tell of it.
        }
    }
}
