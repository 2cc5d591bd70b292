using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace WebhookKit.FunctionalTests.Durable;

/// <summary>
/// Both sides of the account: what the processes say that they have published and settled, and what the receiver has accepted. Says whether
/// they agree.
/// </summary>
/// <param name="seed">Which requests the receiver refuses.</param>
/// <param name="publishersOverlap">Whether several processes publish at once; else what a later one publishes comes after what an earlier one did.</param>
internal sealed class Ledger(int seed, bool publishersOverlap = false)
{
    private const int RefusedInHundred = 8;

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly HashSet<string> _begun = [];
    private readonly HashSet<string> _returned = [];
    private readonly HashSet<string> _failures = [];
    private readonly HashSet<(string Lane, string Event)> _settled = [];
    private readonly Dictionary<(string Lane, string Event), int> _acceptedInRun = [];
    private readonly Dictionary<(string Lane, string Publisher), long> _lastInOrder = [];
    private readonly HashSet<(int Run, string Lane)> _fenced = [];
    private readonly List<(int Run, string Lane, string Event)> _repeated = [];
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Dictionary<int, int> _unsettledAtKill = [];
    private readonly Dictionary<int, int> _duplicatesOfKill = [];

    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>What publishing has thrown.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public int Returned => Count(_returned);

    /// <summary>How many deliveries the receiver has accepted, duplicates not counted.</summary>
    public int Accepted => Count(_acceptedInRun);

    /// <summary>How many deliveries came again after they had been accepted.</summary>
    public int Duplicates => Count(_repeated);

    /// <summary>How many lanes' settlements the store refused, a process counted by itself.</summary>
    public int Fenced => Count(_fenced);

    /// <summary>For each kill, how many deliveries were accepted and not settled then, and how many of these came again.</summary>
    public IReadOnlyList<(int Run, int Unsettled, int Duplicates)> Kills
    {
        get
        {
            lock (_lock) return [.. _unsettledAtKill.OrderBy(k => k.Key).Select(k => (k.Key, k.Value, _duplicatesOfKill.GetValueOrDefault(k.Key)))];
        }
    }

    /// <summary>Notes that the process of a run was killed, or is paused for longer than its lease.</summary>
    public void NoteKill(int run)
    {
        lock (_lock) _unsettledAtKill[run] = _acceptedInRun.Count(a => a.Value == run && !_settled.Contains(a.Key));
    }

    /// <summary>A line of a process's diary.</summary>
    public void Note(int run, string line)
    {
        var parts = line.Split(' ');
        lock (_lock)
        {
            switch (parts[0])
            {
                case "P":
                    _begun.Add(parts[1]);
                    break;
                case "R":
                    _returned.Add(parts[1]);
                    break;
                case "F":
                    _failures.Add(line[2..]);
                    break;
                case "S":
                    _settled.Add((parts[1], parts[2]));
                    break;
                case "Z":
                    _fenced.Add((run, parts[1]));
                    break;
            }
        }
    }

    /// <summary>Answers a request to <c>/lane</c>, and enters what it carries if it is accepted.</summary>
    public void Receive(HttpContext context, byte[] body)
    {
        var (run, lane) = (int.Parse(context.Request.Headers["x-node"].ToString(), CultureInfo.InvariantCulture), context.Request.Path.Value![1..]);
        using var json = JsonDocument.Parse(body);
        string[] ids = json.RootElement.ValueKind == JsonValueKind.Array
            ? [.. json.RootElement.EnumerateArray().Select(e => e.GetProperty("id").GetString()!)]
            : [context.Request.Headers["webhook-id"].ToString()];
        lock (_lock)
        {
            if (_random.Next(100) < RefusedInHundred)
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
            }

            foreach (var id in ids) AcceptNeedsLock(run, lane, id);
        }
    }

    /// <summary>Whether everything whose publishing has returned has arrived on every lane.</summary>
    public bool IsComplete(IEnumerable<string> lanes)
    {
        lock (_lock) return lanes.All(lane => _returned.All(id => _acceptedInRun.ContainsKey((lane, id))));
    }

    /// <summary>
    /// At the end: everything whose publishing had returned has arrived on every lane, and nothing that nobody had begun to publish; nothing
    /// came twice but after a crash, or when a process lost a lane, which its diary says afterwards.
    /// </summary>
    public void CheckComplete(IEnumerable<string> lanes)
    {
        lock (_lock)
        {
            foreach (var (lane, id) in _acceptedInRun.Keys.Where(k => !_begun.Contains(k.Event))) _faults.Enqueue($"{lane}: {id} arrived, but nobody published it.");
            foreach (var lane in lanes)
            {
                var missing = _returned.Where(id => !_acceptedInRun.ContainsKey((lane, id))).Take(5).ToArray();
                if (missing.Length > 0) _faults.Enqueue($"{lane}: {string.Join(", ", missing)} had been published and did not arrive.");
            }

            foreach (var (run, lane, id) in _repeated.Where(r => !_unsettledAtKill.ContainsKey(r.Run) && !_fenced.Contains((r.Run, r.Lane))))
                _faults.Enqueue($"{lane}: {id} came twice, although process {run}, which had sent it, lived on.");
        }
    }

    private void AcceptNeedsLock(int run, string lane, string id)
    {
        if (_acceptedInRun.TryGetValue((lane, id), out var before))
        {
            // Only what was accepted, and not settled, when a process was killed may come again.
            if (_settled.Contains((lane, id))) _faults.Enqueue($"{lane}: {id} came again although it was settled.");
            _repeated.Add((before, lane, id));
            _duplicatesOfKill[before] = _duplicatesOfKill.GetValueOrDefault(before) + 1;
        }
        else if (_unsettledAtKill.TryGetValue(run, out var unsettled))
        {
            // It was still on its way when its sender was killed.
            _unsettledAtKill[run] = unsettled + 1;
        }

        if (lane.Split('-')[0] is "strict" or "keyed") CheckOrderNeedsLock(lane, id);
        _acceptedInRun[(lane, id)] = run;
    }

    /// <summary>What one publisher published one after another arrives so; what comes again comes before what follows it.</summary>
    private void CheckOrderNeedsLock(string lane, string id)
    {
        var parts = id.Split('-');
        var (run, place) = (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
        var key = (lane, publishersOverlap ? $"{run}-{parts[1]}" : parts[1]);
        if (!publishersOverlap) place += run << 32;
        if (_lastInOrder.TryGetValue(key, out var last) && place < last) _faults.Enqueue($"{lane}: {id} was overtaken.");
        _lastInOrder[key] = place;
    }

    private int Count<T>(ICollection<T> things)
    {
        lock (_lock) return things.Count;
    }
}
