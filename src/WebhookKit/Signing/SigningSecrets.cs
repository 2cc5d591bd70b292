namespace WebhookKit.Signing;

/// <summary>Which of a subscription's secrets sign an attempt.</summary>
internal static class SigningSecrets
{
    /// <summary>Refuses to sign with none: sending unsigned would look like success while every careful receiver refuses it.</summary>
    public static void EnsureAny(in SigningContext context)
    {
        if (context.Secrets.Count == 0)
            throw new InvalidOperationException("The subscription has no secret to sign with. Rotate its secret, or use a profile whose Signer is null to send unsigned requests.");
    }

    /// <summary>
    /// The secret for a header that holds one signature only. While rotating, the attempts take turns, the newest first: whichever secret
    /// the receiver knows, a retry carries it.
    /// </summary>
    public static string TakeOne(in SigningContext context)
    {
        EnsureAny(context);
        return context.Secrets[Math.Max(0, context.AttemptNumber - 1) % context.Secrets.Count].Value;
    }
}
