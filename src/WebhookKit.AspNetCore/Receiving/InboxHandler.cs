using System.Net;
using System.Text;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Stands at the end of the inbox's HTTP client: calls a receiver's handlers, and answers as an endpoint would. Nothing leaves the process.</summary>
internal sealed class InboxHandler(ReceiverSet receivers) : HttpMessageHandler
{
    // A name that nobody can have (RFC 6761).
    private const string Host = "https://inbox.invalid/?";

    public static Uri UrlOf(string receiver) => new(Host + Uri.EscapeDataString(receiver));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var receiver = Uri.UnescapeDataString(request.RequestUri!.Query.TrimStart('?'));
        if (receivers.FindInbox(receiver) is not { } handlers) return Answer(HttpStatusCode.NotFound, $"This node has not mapped the receiver '{receiver}'. Map it on each node that dispatches.");
        try
        {
            var data = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
            var contentType = request.Content?.Headers.NonValidated["Content-Type"].ToString() ?? "";
            var (webhookEvent, messageId, signedAt) = InboxFormat.Unwrap(request.Headers.NonValidated[InboxFormat.Header].ToString(), contentType, data);

            // A handler may go on in the caller's thread for long, and that one has other lanes to serve.
            await Task.Run(() => handlers.HandleAsync(webhookEvent, messageId, signedAt, canAnswer: false, cancellationToken).AsTask(), cancellationToken);
            return Answer(HttpStatusCode.OK, "Handled.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception cause)
        {
            // For the history of attempts, which only the host's own people see: the log of the host says more.
            return Answer(HttpStatusCode.InternalServerError, $"The handler threw {cause.GetType().Name}: {cause.Message}");
        }
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string text) => new(status) { Content = new StringContent(text, Encoding.UTF8, "text/plain") };
}
