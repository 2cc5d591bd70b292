namespace WebhookKit;

/// <summary>Gives the headers that prove where a request comes from. Without state of its own; used by many threads at once.</summary>
public interface ISigner
{
    /// <summary>Adds the proving headers of one attempt.</summary>
    /// <param name="context">What is signed, and with what.</param>
    /// <param name="headers">Where the headers go.</param>
    void Sign(in SigningContext context, WebhookHeaders headers);

    /// <summary>Whether subscriptions need a secret to be signed for. Default: they do, and get one if none is given.</summary>
    SecretUse SecretUse => SecretUse.Required;

    /// <summary>Says what is wrong with a secret, so that a bad one is refused when it is saved.</summary>
    /// <param name="secret">The secret.</param>
    /// <returns>What is wrong and what to do, without the secret in it; <see langword="null"/> when it is good.</returns>
    string? FindSecretFault(string secret);

    /// <summary>Makes a new secret in the form that this signer expects. Called only where <see cref="SecretUse"/> says required.</summary>
    /// <returns>The secret.</returns>
    string GenerateSecret();
}
