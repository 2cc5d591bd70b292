using System.Net;

namespace WebhookKit.Benchmarks.Matching;

/// <summary>Answers every request at once, without a network.</summary>
internal sealed class AnswerHandler(Func<HttpStatusCode> status) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(status()) { RequestMessage = request });
}
