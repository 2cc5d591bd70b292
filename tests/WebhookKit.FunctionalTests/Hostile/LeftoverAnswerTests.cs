namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>What a receiver sends beyond its answer is never taken for the answer to the next request.</summary>
public sealed class LeftoverAnswerTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Forged = "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n";

    [TestCase(Ok + Forged)]
    [TestCase(Ok + "and more")]
    [TestCase("HTTP/1.1 204 No Content\r\n\r\n" + Forged)]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Forged)]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + Forged)]
    public async Task Answer_MoreThanItSaid_PoisonsNoLaterRequest(string answer)
    {
        await using var server = SocketServer.Start(HostileCase.Answer(answer));
        await using var host = await HostileHost.StartAsync(server.Url, HostileCase.Long);

        for (var i = 0; i < 5; i++) Assert.That((await host.AttemptAsync()).Outcome, Is.EqualTo(AttemptOutcome.Succeeded));
    }

    [Test]
    public async Task Answer_ForgedOneSentWhileIdle_IsNotTakenForTheNext()
    {
        var forged = new SemaphoreSlim(0);
        await using var server = SocketServer.Start(async peer =>
        {
            while (await peer.ReadRequestAsync() is not null)
            {
                await peer.WriteAsync(Ok);
                await peer.WriteAsync(Forged);
                forged.Release();
            }
        });
        await using var host = await HostileHost.StartAsync(server.Url, HostileCase.Long);

        for (var i = 0; i < 5; i++)
        {
            Assert.That((await host.AttemptAsync()).Outcome, Is.EqualTo(AttemptOutcome.Succeeded));
            await forged.WaitAsync();
        }
    }

    [Test]
    public async Task Answer_ClosesIdleConnections_LaterRequestsTakeNewOnes()
    {
        await using var server = SocketServer.Start(HostileCase.AnswerAndClose(Ok));
        await using var host = await HostileHost.StartAsync(server.Url, HostileCase.Long);

        for (var i = 0; i < 5; i++)
        {
            Assert.That((await host.AttemptAsync()).Outcome, Is.EqualTo(AttemptOutcome.Succeeded));
            await server.WhenAllClosedAsync();
        }
    }
}
