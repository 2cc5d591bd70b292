namespace WebhookKit.Testing;

/// <summary>What an endpoint answers, step by step: each request takes the next step, and the last step repeats.</summary>
/// <remarks>
/// An empty script of a URL gives way to <see cref="ScriptedReceiver.Default"/>; when that is empty too, the answer is 200. Steps may be added at any time, by any thread; those taken already stay taken.
/// </remarks>
public sealed class ReceiverScript
{
    private static readonly ScriptStep Ok = ScriptStep.Reply(new ScriptedReply(200));

    private readonly Lock _lock = new();
    private readonly List<ScriptStep> _steps = [];
    private int _next;

    internal ReceiverScript()
    {
    }

    /// <summary>Answers with these statuses, one request each: <c>Reply(500, 500, 200)</c> fails twice and recovers.</summary>
    /// <param name="statusCodes">The HTTP statuses.</param>
    /// <returns>This script.</returns>
    public ReceiverScript Reply(params ReadOnlySpan<int> statusCodes) => ReplyAfter(TimeSpan.Zero, statusCodes);

    /// <summary>Answers with these statuses, one request each, each after a time on the receiver's clock.</summary>
    /// <param name="delay">How long each answer takes.</param>
    /// <param name="statusCodes">The HTTP statuses.</param>
    /// <returns>This script.</returns>
    public ReceiverScript ReplyAfter(TimeSpan delay, params ReadOnlySpan<int> statusCodes)
    {
        foreach (var statusCode in statusCodes) Reply(new ScriptedReply(statusCode) { Delay = delay });
        return this;
    }

    /// <summary>Answers one request with a body, headers or a delay.</summary>
    /// <param name="reply">The answer.</param>
    /// <returns>This script.</returns>
    public ReceiverScript Reply(ScriptedReply reply) => Add(ScriptStep.Reply(reply));

    /// <summary>Leaves one request without an answer until the sender gives it up.</summary>
    /// <returns>This script.</returns>
    public ReceiverScript Hang() => Add(ScriptStep.Hang);

    /// <summary>Drops the connection of one request: <see cref="HttpRequestException"/>.</summary>
    /// <param name="error">How: <see cref="HttpRequestError.ConnectionError"/> (none was made), <see cref="HttpRequestError.ResponseEnded"/> (lost before the answer) or another.</param>
    /// <returns>This script.</returns>
    public ReceiverScript Drop(HttpRequestError error = HttpRequestError.ConnectionError) => Add(ScriptStep.Drop(error));

    /// <summary>Answers one request by a function, which may wait or throw.</summary>
    /// <param name="answer">Makes the answer; its token is canceled when the sender gives the request up.</param>
    /// <returns>This script.</returns>
    public ReceiverScript Answer(Func<ReceivedRequest, CancellationToken, Task<HttpResponseMessage>> answer) => Add(ScriptStep.Answer(answer));

    /// <summary>Answers one request by a function.</summary>
    /// <param name="answer">Makes the answer.</param>
    /// <returns>This script.</returns>
    public ReceiverScript Answer(Func<ReceivedRequest, HttpResponseMessage> answer) =>
        Answer((request, _) => Task.FromResult(answer(request)));

    internal bool IsEmpty
    {
        get
        {
            lock (_lock) return _steps.Count == 0;
        }
    }

    internal ScriptStep TakeNext()
    {
        lock (_lock)
        {
            if (_steps.Count == 0) return Ok;
            if (_next < _steps.Count) _next++;
            return _steps[_next - 1];
        }
    }

    private ReceiverScript Add(ScriptStep step)
    {
        lock (_lock) _steps.Add(step);
        return this;
    }
}
