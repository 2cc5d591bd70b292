using System.Runtime.CompilerServices;
using WebhookKit.Dispatching;
using WebhookKit.Outcomes;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.Sending;

/// <summary>Makes one HTTP request under one deadline and says what became of it.</summary>
internal sealed class AttemptSender(HttpSender http, EndpointGuard guard, WebhookOptions options, TimeProvider time)
{
    /// <summary>Sends a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="traceParent">Names the attempt's activity, if there is one: never one of the host's own.</param>
    /// <param name="abort">Interrupts it: the host is stopping.</param>
    /// <param name="onAnswer">Sees the answer while it is there.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="OperationCanceledException">It was interrupted, which says nothing of the endpoint.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AttemptResult> SendAsync(PreparedRequest request, string? traceParent, CancellationToken abort, Action<HttpResponseMessage>? onAnswer = null)
    {
        var client = http.Find(request.HttpClient);
        var startedAt = time.GetUtcNow();
        var started = time.GetTimestamp();

        // One deadline on the injected clock covers everything, the reading of the answer included.
        using var deadline = new CancellationTokenSource(request.Timeout, time);
        using var aborting = abort.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        int? statusCode = null;
        try
        {
            if (request.Content.Uri.Scheme != Uri.UriSchemeHttps && !guard.AllowsHttp(request.Content.Uri.IdnHost)) throw EndpointBlockedException.ForScheme();
            using var message = CreateMessage(request);
            if (options.SendTraceParent && traceParent is not null) message.Headers.TryAddWithoutValidation("traceparent", traceParent);
            using var response = await client.SendAsync(message, deadline.Token);
            statusCode = (int)response.StatusCode;
            onAnswer?.Invoke(response);
            var body = await ResponseReader.ReadAsync(response.Content, options.MaxResponseBytes, deadline.Token);
            var (outcome, error) = AttemptClassifier.FromStatus(statusCode.Value, request.Profile.Success);
            var attempt = Record(outcome, statusCode, error, body);
            return new AttemptResult(attempt, outcome == AttemptOutcome.Succeeded ? null : RetryAfterOf(response));
        }
        catch (Exception) when (abort.IsCancellationRequested)
        {
            throw new OperationCanceledException(abort);
        }
        catch (Exception cause)
        {
            var (outcome, error) = AttemptClassifier.FromException(cause, deadline.IsCancellationRequested, request.Timeout, answerBegan: statusCode is not null);
            return new AttemptResult(Record(outcome, statusCode, error, responseBody: null));
        }

        DeliveryAttempt Record(AttemptOutcome outcome, int? statusCode, string? error, string? responseBody) => new()
        {
            MessageId = request.MessageId,
            BatchSize = request.BatchSize,
            StartedAt = startedAt,
            Duration = time.GetElapsedTime(started),
            Outcome = outcome,
            StatusCode = statusCode,
            ResponseBody = responseBody,
            Error = error,
        };
    }

    private static HttpRequestMessage CreateMessage(PreparedRequest request)
    {
        var content = request.Content;
        var message = new HttpRequestMessage(content.Method, content.Uri);
        if (content.ContentType is not null)
        {
            message.Content = new ReadOnlyMemoryContent(content.Body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", content.ContentType);
        }

        // Checked when they were added: see WebhookHeaders. By index: an enumerator would be made for each request.
        for (var i = 0; i < request.Headers.Count; i++)
        {
            var (name, value) = request.Headers[i];
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Retry-After", out var values) ? RetryAfter.Parse(values.ToString(), time.GetUtcNow()) : null;
}
