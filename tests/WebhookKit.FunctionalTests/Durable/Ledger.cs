using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace WebhookKit.FunctionalTests.Durable;

/// <summary>
/// Both sides of the account: what the processes say that they have published and settled, and what the receiver has accepted. Says whether
/// they agree.
/// </summary>
internal sealed class Ledger(int seed)
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
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Dictionary<int, int> _unsettledAtKill = [];
    private readonly Dictionary<int, int> _duplicatesOfKill = [];

    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>What publishing has thrown.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public int Returned
    {
        get
        {
            lock (_lock) return _returned.Count;
        }
    }

    /// <summary>For each kill, how many deliveries were accepted and not settled then, and how many of these came again.</summary>
    public IReadOnlyList<(int Run, int Unsettled, int Duplicates)> Kills
    {
        get
        {
            lock (_lock) return [.. _unsettledAtKill.OrderBy(k => k.Key).Select(k => (k.Key, k.Value, _duplicatesOfKill.GetValueOrDefault(k.Key)))];
        }
    }

    /// <summary>Notes that the process of a run was killed.</summary>
    public void NoteKill(int run)
    {
        lock (_lock) _unsettledAtKill[run] = _acceptedInRun.Count(a => a.Value == run && !_settled.Contains(a.Key));
    }

    /// <summary>A line of a process's diary.</summary>
    public void Note(string line)
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
            }
        }
    }

    /// <summary>Answers a request to <c>/run/lane</c>, and enters what it carries if it is accepted.</summary>
    public void Receive(HttpContext context, byte[] body)
    {
        var path = context.Request.Path.Value!.Split('/');
        var (run, lane) = (int.Parse(path[1], CultureInfo.InvariantCulture), path[2]);
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

    /// <summary>At the end: everything whose publishing had returned has arrived on every lane, and nothing that nobody had begun to publish.</summary>
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
        }
    }

    private void AcceptNeedsLock(int run, string lane, string id)
    {
        if (_acceptedInRun.TryGetValue((lane, id), out var before))
        {
            // Only what was accepted, and not settled, when a process was killed may come again.
            if (before == run && !_unsettledAtKill.ContainsKey(run)) _faults.Enqueue($"{lane}: {id} came twice without a crash in between.");
            if (_settled.Contains((lane, id))) _faults.Enqueue($"{lane}: {id} came again although it was settled.");
            _duplicatesOfKill[before] = _duplicatesOfKill.GetValueOrDefault(before) + 1;
        }
        else if (lane is "strict" or "keyed")
        {
            CheckOrderNeedsLock(lane, id);
        }

        _acceptedInRun[(lane, id)] = run;
    }

    /// <summary>What one publisher published one after another arrives so.</summary>
    private void CheckOrderNeedsLock(string lane, string id)
    {
        var parts = id.Split('-');
        var key = (lane, parts[1]);
        var place = (long.Parse(parts[0], CultureInfo.InvariantCulture) << 32) + long.Parse(parts[2], CultureInfo.InvariantCulture);
        if (_lastInOrder.TryGetValue(key, out var last) && place < last) _faults.Enqueue($"{lane}: {id} was overtaken.");
        _lastInOrder[key] = place;
    }
}
