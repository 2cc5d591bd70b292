using WebhookKit.Simulation.Rules;
using WebhookKit.Simulation.Running;

namespace WebhookKit.Simulation.World;

/// <summary>Everything of one run: its time, its chance, its nodes, the database between them and the endpoints beyond.</summary>
internal sealed class SimWorld : IDisposable
{
    private readonly Dictionary<string, EndpointMood> _moods = new(StringComparer.Ordinal);
    private readonly List<(SimNode Node, Action<WakeUp> Woken)> _listeners = [];
    private readonly Dictionary<string, (TimeSpan? TimeToLive, string? Address)> _events = new(StringComparer.Ordinal);
    private readonly List<string>? _trace;
    private int _started;

    public SimWorld(int seed, bool traces)
    {
        _trace = traces ? [] : null;
        Random = new Random(seed);
        Plan = new Plan(Random, seed);
        Database = new SimDatabase(this);
        Weather = new Weather(this);
        Rules = new RuleBook(this);
    }

    public Random Random { get; }

    public Plan Plan { get; }

    public Agenda Agenda { get; } = new();

    public SimDatabase Database { get; }

    public Weather Weather { get; }

    public RuleBook Rules { get; }

    public List<SimNode> Nodes { get; } = [];

    /// <summary>The ids of all subscriptions.</summary>
    public List<string> Subscriptions { get; } = [];

    /// <summary>When anything but an endpoint was last not as it should be, or changed.</summary>
    public TimeSpan DisturbedAt { get; private set; }

    public IReadOnlyList<string> Trace => _trace ?? [];

    /// <summary>Stands for all that has happened, in its order.</summary>
    public long Digest { get; private set; } = 17;

    public void Disturb() => DisturbedAt = Agenda.Now;

    public void Note(SimNode? node, string what)
    {
        foreach (var letter in what) Digest = unchecked((Digest * 31) + letter);
        Digest = unchecked((Digest * 31) + Agenda.Now.Ticks);
        _trace?.Add($"{Agenda.Now:d\\.hh\\:mm\\:ss\\.fffffff} {node?.Name ?? "world",-6} {what}");
    }

    /// <summary>Whether nodes that start from now on deliver only when they are asked to.</summary>
    public bool StartsFronts { get; set; }

    public SimNode StartNode(bool isFront = false)
    {
        isFront |= StartsFronts;
        var node = new SimNode(this, $"{(isFront ? "front" : "node")}{++_started}", Random.Next(3) == 0 ? Plan.ClockError(Random) : TimeSpan.Zero, isFront);
        Nodes.Add(node);
        Disturb();
        Note(node, "starts");
        node.Start();
        return node;
    }

    /// <summary>A host begins to publish an event.</summary>
    public void Plant(string eventId, TimeSpan? timeToLive, string? address) => _events.TryAdd(eventId, (timeToLive, address));

    public TimeSpan? TimeToLiveOf(string eventId) => _events[eventId].TimeToLive;

    /// <summary>The only subscription that an event is meant for, if it is.</summary>
    public string? AddressOf(string eventId) => _events[eventId].Address;

    public void SetMood(string subscriptionId, EndpointMood mood)
    {
        Note(null, $"the endpoint of {subscriptionId}: {mood}");
        _moods[subscriptionId] = mood;
    }

    /// <summary>Calls the engine on a node that runs, as a host does; what fails is tried again by whoever cares.</summary>
    /// <returns>Which node; null if none runs.</returns>
    public SimNode? Do(Func<SimNode, Task> call)
    {
        if (PickNode(static n => n.IsReady) is not { } node) return null;
        DoOn(node, call);
        return node;
    }

    public void DoOn(SimNode node, Func<SimNode, Task> call) => node.Run(() => _ = CallAsync(node, call));

    /// <summary>Lets the world go on until a time.</summary>
    public void RunUntil(TimeSpan until)
    {
        while (true)
        {
            Compute();
            if (!Agenda.TryDoNext(until)) return;
        }
    }

    public void Wake(SimNode from, WakeUp wakeUp)
    {
        foreach (var (node, woken) in _listeners)
        {
            if (node == from || Random.Next(10) == 0) continue;
            Agenda.After(TimeSpan.FromMilliseconds(Random.Next(50)), () => node.Run(() => woken(wakeUp)));
        }
    }

    public void Listen(SimNode node, Action<WakeUp> woken)
    {
        _listeners.Add((node, woken));
        woken(WakeUp.Everything);
    }

    public void Dispose()
    {
        foreach (var node in Nodes) node.Dispose();
    }

    /// <summary>A request comes to its endpoint.</summary>
    public void Receive(SentRequest request, TaskCompletionSource<HttpResponseMessage> answer)
    {
        Rules.Requests.Started(request);
        var mood = _moods.GetValueOrDefault(request.SubscriptionId);
        if (mood == EndpointMood.Flaps) mood = (EndpointMood)Random.Next((int)EndpointMood.Flaps);
        switch (mood)
        {
            case EndpointMood.Good:
                AnswerAfter(Random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Random.Next(100)), 200);
                break;
            case EndpointMood.Slow:
                AnswerAfter(Plan.Timeout * (0.2 + Random.NextDouble()), 200);
                break;
            case EndpointMood.Fails:
                AnswerAfter(TimeSpan.FromMilliseconds(Random.Next(100)), 500);
                break;
            case EndpointMood.Refuses:
                BreakAfter(TimeSpan.FromMilliseconds(Random.Next(20)));
                break;
            case EndpointMood.TakesAndBreaksOff:
                request.WasTaken = true;
                BreakAfter(TimeSpan.FromMilliseconds(Random.Next(100)));
                break;
            case EndpointMood.AsksToWait:
                AnswerAfter(TimeSpan.FromMilliseconds(Random.Next(100)), 429, TimeSpan.FromSeconds(Random.Next(1, 120)));
                break;
            case EndpointMood.Gone:
                AnswerAfter(TimeSpan.FromMilliseconds(Random.Next(100)), 410);
                break;
            case EndpointMood.Hangs:
                break;
            default:
                throw new InvalidOperationException($"There is no mood {mood}.");
        }

        void AnswerAfter(TimeSpan delay, int status, TimeSpan? retryAfter = null) => Agenda.After(delay, () =>
        {
            request.WasTaken |= status == 200;
            var response = new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new ByteArrayContent([]) };
            if (retryAfter is { } wait) request.RetryAfter = wait;
            if (retryAfter is not null) response.Headers.TryAddWithoutValidation("Retry-After", ((int)retryAfter.Value.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (!answer.TrySetResult(response)) return;
            request.Status = status;
            request.EndedAt = Agenda.Now;
            Rules.Requests.Ended(request);
        });

        void BreakAfter(TimeSpan delay) => Agenda.After(delay, () =>
        {
            if (!answer.TrySetException(new HttpRequestException("The connection broke."))) return;
            request.EndedAt = Agenda.Now;
            Rules.Requests.Ended(request);
        });
    }

    /// <summary>Any one of the nodes of which something holds.</summary>
    public SimNode? PickNode(Func<SimNode, bool> which)
    {
        var count = 0;
        foreach (var node in Nodes)
        {
            if (which(node)) count++;
        }

        if (count == 0) return null;
        var picked = count == 1 ? 0 : Random.Next(count);
        foreach (var node in Nodes)
        {
            if (which(node) && picked-- == 0) return node;
        }

        return null;
    }

    private async Task CallAsync(SimNode node, Func<SimNode, Task> call)
    {
        try
        {
            await call(node);
        }
        catch (Exception fault) when (fault is WebhookException or OperationCanceledException)
        {
            Note(node, $"was told: {fault.Message}");
        }
        catch (Exception fault) when (fault is not RuleBrokenException)
        {
            Rules.Break($"A call of the host's failed as it must not: {fault}");
        }
    }

    private void Compute()
    {
        const int most = 1_000_000;
        for (var steps = 0; steps < most; steps++)
        {
            if (PickNode(static n => n.HasWork) is not { } node) return;
            node.RunOne(Random);
            Rules.ThrowIfBroken();
            if (node.WasLeft) throw new RuleBrokenException($"{node.Name} has left the simulated world: a continuation ran on another thread.");
        }

        throw new RuleBrokenException("The nodes compute without end, though no time passes.");
    }
}
