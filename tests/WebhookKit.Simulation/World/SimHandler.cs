namespace WebhookKit.Simulation.World;

/// <summary>A node's end of the simulated network.</summary>
internal sealed class SimHandler(SimWorld world, SimNode node) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content!.ReadAsStream(cancellationToken);
        using var reader = new StreamReader(body);
        var sent = new SentRequest(node, request.RequestUri!.Host.Split('.')[0], request.RequestUri, reader.ReadToEnd().Split('\n'), world.Agenda.Now);
        var answer = new TaskCompletionSource<HttpResponseMessage>();

        // Ended outside the node's context, as a socket's thread does it: what the framework has between is then not handed to the pool.
        cancellationToken.UnsafeRegister(_ => world.Agenda.After(TimeSpan.Zero, () =>
        {
            if (!answer.TrySetCanceled(cancellationToken)) return;
            sent.EndedAt = world.Agenda.Now;
            world.Rules.Requests.Ended(sent);
        }), null);
        world.Receive(sent, answer);
        return answer.Task;
    }
}
