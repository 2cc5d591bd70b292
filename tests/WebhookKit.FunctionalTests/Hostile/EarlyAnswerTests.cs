namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>A receiver that does not read what it is sent.</summary>
public sealed class EarlyAnswerTests
{
    /// <summary>More than the sockets' buffers hold.</summary>
    private const int Size = 12 * 1024 * 1024;

    private static readonly string Data = new('x', Size);

    [Test]
    public async Task Answer_BeforeTheRequestIsRead_ThenClosed_FailsInWords()
    {
        await using var server = SocketServer.Start(p => p.WriteAsync("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").AsTask());
        var attempt = await AttemptAsync(server, HostileCase.Long);
        Assert.Multiple(() =>
        {
            // Whether the answer is seen before the reset that follows it is up to the network.
            Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.ConnectionLost).Or.EqualTo(AttemptOutcome.ErrorStatus));
            Assert.That(attempt.Error, Does.Contain("connection was lost").Or.Contain("answered 413"));
        });
    }

    [Test]
    public async Task Answer_BeforeTheRequestIsRead_ThenNothing_EndsAtTheDeadline()
    {
        await using var server = SocketServer.Start(async peer =>
        {
            await peer.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            await peer.WhenStoppedAsync();
        });
        var attempt = await AttemptAsync(server, HostileCase.Short);
        Assert.Multiple(() =>
        {
            Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.TimedOut));
            Assert.That(attempt.Error, Does.Contain("did not answer completely within 1 s"));
        });
    }

    private static async Task<DeliveryAttempt> AttemptAsync(SocketServer server, WebhookProfile profile)
    {
        await using var host = await HostileHost.StartAsync(server.Url, profile, options: o => o.MaxEventBytes = 16 * 1024 * 1024);
        return await host.AttemptAsync(Data);
    }
}
