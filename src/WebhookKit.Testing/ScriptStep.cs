namespace WebhookKit.Testing;

/// <summary>One step of a script: how to answer a request.</summary>
internal abstract class ScriptStep
{
    public static ScriptStep Hang { get; } = new HangStep();

    public static ScriptStep Reply(ScriptedReply reply) => new ReplyStep(reply);

    public static ScriptStep Drop(HttpRequestError error) => new DropStep(error);

    public static ScriptStep Answer(Func<ReceivedRequest, CancellationToken, Task<HttpResponseMessage>> answer) => new AnswerStep(answer);

    public abstract Task<HttpResponseMessage> RunAsync(
        ReceivedRequest received, HttpRequestMessage request, ParkingLot parking, CancellationToken cancellationToken);

    private sealed class ReplyStep(ScriptedReply reply) : ScriptStep
    {
        public override async Task<HttpResponseMessage> RunAsync(
            ReceivedRequest received, HttpRequestMessage request, ParkingLot parking, CancellationToken cancellationToken)
        {
            if (reply.Delay > TimeSpan.Zero) await parking.WaitAsync(reply.Delay, cancellationToken);
            return reply.ToResponse(request);
        }
    }

    private sealed class HangStep : ScriptStep
    {
        public override async Task<HttpResponseMessage> RunAsync(
            ReceivedRequest received, HttpRequestMessage request, ParkingLot parking, CancellationToken cancellationToken)
        {
            await parking.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("A hanging request ends by cancellation only.");
        }
    }

    private sealed class DropStep(HttpRequestError error) : ScriptStep
    {
        public override Task<HttpResponseMessage> RunAsync(
            ReceivedRequest received, HttpRequestMessage request, ParkingLot parking, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new HttpRequestException(error, $"The script dropped the connection ({error})."));
    }

    private sealed class AnswerStep(Func<ReceivedRequest, CancellationToken, Task<HttpResponseMessage>> answer) : ScriptStep
    {
        public override async Task<HttpResponseMessage> RunAsync(
            ReceivedRequest received, HttpRequestMessage request, ParkingLot parking, CancellationToken cancellationToken)
        {
            var response = await answer(received, cancellationToken);
            response.RequestMessage ??= request;
            return response;
        }
    }
}
