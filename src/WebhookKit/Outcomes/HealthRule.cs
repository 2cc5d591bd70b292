namespace WebhookKit.Outcomes;

/// <summary>How an attempt changes its endpoint's health, and whether it is given up. Pure.</summary>
/// <remarks>
/// <code>
/// healthy --failure--> failing since then --success--> healthy
/// failing --failure, and a rule of the profile holds--> disabled, with the reason
/// </code>
/// </remarks>
internal static class HealthRule
{
    /// <summary>The change that an attempt brings.</summary>
    /// <param name="input">The attempt and what was known before it.</param>
    /// <param name="exhausted">Whether its deliveries ended, by their schedule or by the endpoint's wish.</param>
    /// <returns>The change; <see langword="null"/> when all is as before.</returns>
    public static HealthChange? Change(in DecisionInput input, bool exhausted)
    {
        if (input.Attempt.Outcome == AttemptOutcome.Succeeded)
            return input.FailingSince is null ? null : new HealthChange(null, null, input.Now);

        var since = input.FailingSince ?? input.Now;
        var reason = DisableReason(input, since, exhausted);
        return reason is null && input.FailingSince is not null ? null : new HealthChange(since, reason, input.Now);
    }

    private static string? DisableReason(in DecisionInput input, DateTimeOffset since, bool exhausted)
    {
        var rule = input.Profile.Disable;
        if (rule.OnGone && input.Attempt.Outcome == AttemptOutcome.Gone)
            return "The endpoint answered 410 (Gone): it wants no more webhooks. Enable the subscription if it does after all.";

        var last = input.Attempt.Error ?? $"It ended as {input.Attempt.Outcome}.";
        if (rule.OnExhausted && exhausted)
            return $"A delivery failed on every attempt of its retry schedule. The last one: {last} Enable the subscription when the endpoint works again.";

        // What has succeeded meanwhile may still be being stored.
        if (input.SucceededAt > since) since = input.SucceededAt;
        if (input.Now - since >= rule.FailingFor)
            return $"Nothing has succeeded since {Words.Time(since)}, for {Words.Duration(input.Now - since)}. The last attempt: {last} Enable the subscription when the endpoint works again.";
        return null;
    }
}
