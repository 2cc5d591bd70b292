namespace WebhookKit.Sending.Guarding;

/// <summary>No connection is made, because the guard forbids where it would lead, or how.</summary>
internal sealed class EndpointBlockedException : IOException
{
    private EndpointBlockedException(string message)
        : base(message)
    {
    }

    public static EndpointBlockedException ForAddress(string rule) =>
        new($"The endpoint's host leads to an address in {rule}, where no webhooks go. {EndpointGuard.Fix}");

    /// <summary>What was saved while http was allowed is not sent any more once it is not.</summary>
    public static EndpointBlockedException ForScheme() =>
        new("The endpoint's URL begins with http, which is not allowed. Change it to https (or set WebhookOptions.Guard.AllowHttp).");
}
