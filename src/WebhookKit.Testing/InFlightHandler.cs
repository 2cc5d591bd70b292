namespace WebhookKit.Testing;

/// <summary>The outermost handler of the engine's HTTP client: says when a request is under way.</summary>
internal sealed class InFlightHandler(InFlight inFlight) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Without RunContinuationsAsynchronously on purpose: see ForwardAsync.
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        inFlight.Begin();
        _ = ForwardAsync(request, answer, cancellationToken);
        return answer.Task;
    }

    private async Task ForwardAsync(HttpRequestMessage request, TaskCompletionSource<HttpResponseMessage> answer, CancellationToken cancellationToken)
    {
        var inner = InnerAsync(request, cancellationToken);

        // On the thread pool, which is where HttpClient goes on, so that it goes on inside SetFromTask: the request ends here only
        // when the engine's own continuation is queued, and no moment is left in which neither of the two counts it.
        await ((Task)inner).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        answer.SetFromTask(inner);
        inFlight.End();
    }

    private async Task<HttpResponseMessage> InnerAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await base.SendAsync(request, cancellationToken);
}
