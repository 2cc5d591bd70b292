namespace WebhookKit.Dispatching;

/// <summary>A request could not be made: a format or a signer threw.</summary>
internal sealed class RequestFault(RequestStage stage, Exception cause) : Exception(cause.Message, cause)
{
    public RequestStage Stage { get; } = stage;
}
