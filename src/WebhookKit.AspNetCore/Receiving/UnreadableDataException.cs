namespace WebhookKit.AspNetCore.Receiving;

/// <summary>The data of an event is not what its handler was written for; sending it again would change nothing.</summary>
internal sealed class UnreadableDataException(string message, Exception cause) : Exception(message, cause);
