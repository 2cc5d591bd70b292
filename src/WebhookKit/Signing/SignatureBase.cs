using System.Text;

namespace WebhookKit.Signing;

/// <summary>The bytes that are signed (RFC 9421, section 2.5): a line for each covered component, then the parameters.</summary>
internal static class SignatureBase
{
    /// <param name="input">What is covered.</param>
    /// <param name="message">The request.</param>
    /// <param name="known">The components that messages may name; others are the sender's own words.</param>
    /// <param name="content">The bytes.</param>
    /// <returns>Why there are none; <see langword="null"/> when there are.</returns>
    public static WebhookVerification? TryCreate(SignatureInput input, in MessageComponents message, IReadOnlyList<string> known, out byte[] content)
    {
        content = [];
        var text = new StringBuilder(256);
        foreach (var name in input.Components)
        {
            var failure = message.Find(name, out var value, out var fault);
            if (failure != VerificationFailure.None)
                return WebhookVerification.Invalid(failure, $"{(known.Contains(name) ? $"The component '{name}'" : "A component")} that the signature covers {fault}.");
            text.Append('"').Append(name).Append("\": ").Append(value).Append('\n');
        }

        text.Append("\"@signature-params\": ").Append(input);
        content = Encoding.ASCII.GetBytes(text.ToString());
        return null;
    }
}
