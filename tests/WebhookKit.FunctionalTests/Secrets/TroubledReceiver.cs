using WebhookKit.FunctionalTests.Hostile;

namespace WebhookKit.FunctionalTests.Secrets;

/// <summary>A receiver that treats each request in another way, in turn.</summary>
internal static class TroubledReceiver
{
    private static readonly string[] Answers =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\noops",
        "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 429 Slow\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Elsewhere\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        "nonsense\r\n\r\n",
    ];

    public static SocketServer Start()
    {
        var requests = -1;
        return SocketServer.Start(async peer =>
        {
            while (await peer.ReadRequestAsync() is not null)
            {
                var turn = Interlocked.Increment(ref requests) % (Answers.Length + 1);
                if (turn < Answers.Length)
                {
                    await peer.WriteAsync(Answers[turn]);
                    continue;
                }

                peer.Reset();
                return;
            }
        });
    }
}
