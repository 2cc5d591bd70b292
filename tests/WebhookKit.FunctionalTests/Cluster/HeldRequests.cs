using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace WebhookKit.FunctionalTests.Cluster;

/// <summary>Holds back the answers to one process until it is paused, and watches what it sends once it is awake again.</summary>
internal sealed class HeldRequests
{
    /// <summary>How often in a row asking must find nothing new.</summary>
    private const int QuietLooks = 20;

    private readonly TestCluster _cluster;
    private readonly int _run;
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, int> _held = new();
    private readonly ConcurrentQueue<string> _trespasses = new();
    private volatile bool _holds;
    private volatile bool _isAwakeAgain;
    private int _late;

    public HeldRequests(TestCluster cluster, int run)
    {
        (_cluster, _run) = (cluster, run);
        foreach (var lane in cluster.Lanes) cluster.Receiver.Answer($"/{lane}", (context, _) => AnswerAsync(context, lane));
    }

    /// <summary>How many requests the process has sent since it woke up.</summary>
    public int Late => Volatile.Read(ref _late);

    /// <summary>Lanes that it sent for then without owning them.</summary>
    public IReadOnlyCollection<string> Trespasses => _trespasses;

    public void Begin() => _holds = true;

    /// <summary>Whether an answer to a lane is held back.</summary>
    public bool Holds(string lane) => _held.ContainsKey(lane);

    /// <summary>Waits until the process sends nothing more.</summary>
    public async Task WhenQuietAsync()
    {
        var (seen, looks) = (0, 0);
        await Eventually.BecomesTrueAsync(
            () =>
            {
                var now = _held.Values.Sum();
                (seen, looks) = (now, now == seen ? looks + 1 : 0);
                return looks >= QuietLooks;
            },
            "the process only waits");
    }

    public void AnswerAll()
    {
        _holds = false;
        _answered.SetResult();
    }

    public void IsAwakeAgain() => _isAwakeAgain = true;

    private async Task AnswerAsync(HttpContext context, string lane)
    {
        if (context.Request.Headers["x-node"] != $"{_run}") return;
        if (_holds)
        {
            _held.AddOrUpdate(lane, 1, (_, count) => count + 1);
            await _answered.Task;
        }
        else if (_isAwakeAgain)
        {
            Interlocked.Increment(ref _late);
            if (await _cluster.OwnerOfAsync(lane) is var owner && owner != _run) _trespasses.Enqueue($"{lane} is owned by {owner}");
        }
    }
}
