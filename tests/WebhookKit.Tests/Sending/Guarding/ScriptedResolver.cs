using System.Collections.Concurrent;
using System.Net;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>A DNS that answers as the test says.</summary>
internal sealed class ScriptedResolver : IHostResolver
{
    private readonly ConcurrentQueue<string> _asked = new();

    /// <summary>Answers with addresses.</summary>
    public ScriptedResolver(params IEnumerable<string> addresses) => Returns(addresses);

    /// <summary>The answer.</summary>
    public Func<CancellationToken, Task<IPAddress[]>> Answer { get; set; } = null!;

    /// <summary>The hosts that were asked for.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    public void Returns(params IEnumerable<string> addresses)
    {
        IPAddress[] parsed = [.. addresses.Select(IPAddress.Parse)];
        Answer = _ => Task.FromResult(parsed);
    }

    public async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        _asked.Enqueue(host);
        return await Answer(cancellationToken);
    }
}
