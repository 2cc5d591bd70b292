using System.Globalization;
using WebhookKit;

namespace QuickStart;

/// <summary>What became of everything: one row an endpoint, the totals, and whether every event owed came exactly once.</summary>
internal sealed class Report
{
    private const string OfEarlierRuns = "before";
    private static readonly string[] Titles = ["endpoint", "behaviour", "owed", OfEarlierRuns, "deliveries", "requests", "retries", "verified", "p50 ms", "p99 ms", "status"];

    private readonly Publishing _publishing;
    private readonly EarlierRuns _earlier;
    private readonly bool _wasStopped;
    private readonly List<string[]> _rows = [];
    private readonly List<string> _faults = [];
    private int _owed;
    private int _before;
    private int _deliveries;

    private Report(Publishing publishing, EarlierRuns earlier, bool wasStopped) => (_publishing, _earlier, _wasStopped) = (publishing, earlier, wasStopped);

    public bool IsComplete => _faults.Count == 0;

    public static async Task<Report> MakeAsync(
        Publishing publishing, EarlierRuns earlier, bool wasStopped, IWebhookSubscriptions subscriptions, IWebhookDeliveries deliveries)
    {
        var report = new Report(publishing, earlier, wasStopped);
        var events = publishing.Events;
        foreach (var endpoint in Endpoints.All)
        {
            var owed = events.Where(item => endpoint.IsOwed(item.Type)).Select(item => item.Id).ToHashSet();
            var subscription = await subscriptions.GetAsync(endpoint.SubscriptionId);
            report.Add(endpoint, owed, await report.LatenciesAsync(deliveries, endpoint), subscription!.Status);
        }

        var all = Endpoints.All;
        report._rows.Add(
        [
            "total", "", Text(report._owed), Text(report._before), Text(report._deliveries), Text(all.Sum(e => e.Requests)), Text(all.Sum(e => e.Retries)),
            Text(all.Sum(e => e.Verified)), "", "", "",
        ]);
        return report;
    }

    public void Print(TextWriter output, TimeSpan elapsed)
    {
        int[] columns = [.. Enumerable.Range(0, Titles.Length).Where(column => _earlier.AreKept || Titles[column] != OfEarlierRuns)];
        var widths = Titles.Select((title, column) => _rows.Max(row => Math.Max(row[column].Length, title.Length))).ToArray();
        void PrintRow(string[] cells) =>
            output.WriteLine(string.Join("  ", columns.Select(i => IsText(i) ? cells[i].PadRight(widths[i]) : cells[i].PadLeft(widths[i]))).TrimEnd());

        output.WriteLine();
        PrintRow(Titles);
        PrintRow([.. widths.Select(width => new string('-', width))]);
        foreach (var row in _rows) PrintRow(row);
        output.WriteLine();
        if (_earlier.AreKept) output.WriteLine("before: what earlier runs had delivered; the columns after it are of this run");
        output.WriteLine("retries: requests for a message that had been sent before; p50, p99: from publishing an event to its acceptance");
        var before = _earlier.AreKept ? $", published before: {Text(_publishing.PublishedBefore)}" : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"events published: {_publishing.Published}{before}, bad lines: {_publishing.BadLines}, time: {elapsed.TotalSeconds:0.0} s"));
        foreach (var fault in _faults) output.WriteLine(fault);
        if (Conclusion() is { } conclusion) output.WriteLine(conclusion);
    }

    private string? Conclusion()
    {
        if (_wasStopped) return _earlier.AreKept ? "Run it again to deliver the rest." : null;
        if (!IsComplete) return null;
        if (_before == 0) return "Every event owed was received and verified exactly once.";
        return _before == _owed
            ? "Nothing was left to do: every event owed had been delivered before."
            : "Every event owed had been delivered before, or was received and verified exactly once.";
    }

    private void Add(Endpoint endpoint, HashSet<string> owed, List<TimeSpan> latencies, SubscriptionStatus status)
    {
        var before = _earlier.DeliveredTo(endpoint);
        (_owed, _before, _deliveries) = (_owed + owed.Count, _before + before.Count, _deliveries + latencies.Count);
        _rows.Add(
        [
            endpoint.Name, endpoint.Behaviour, Text(owed.Count), Text(before.Count), Text(latencies.Count), Text(endpoint.Requests), Text(endpoint.Retries),
            Text(endpoint.Verified), Percentile(latencies, 0.50), Percentile(latencies, 0.99), status.ToString().ToLowerInvariant(),
        ]);

        var accepted = endpoint.Accepted;
        AddFault(endpoint, owed.Count(id => !accepted.ContainsKey(id) && !before.Contains(id)), "missing");
        AddFault(endpoint, accepted.Count(item => item.Value > 1), "received more than once");
        AddFault(endpoint, accepted.Count(item => before.Contains(item.Key)), "received although delivered before");
        AddFault(endpoint, accepted.Keys.Concat(before).Count(id => !owed.Contains(id)), "received but not owed");
        AddFault(endpoint, endpoint.Requests - endpoint.Verified, "requests that did not verify");
        if (latencies.Count != accepted.Count) _faults.Add($"{endpoint.Name}: the library counts {latencies.Count} deliveries, the receiver {accepted.Count}.");
    }

    private void AddFault(Endpoint endpoint, int count, string what)
    {
        if (count > 0) _faults.Add($"{endpoint.Name}: {count} {what}.");
    }

    /// <summary>How long each delivery of this run took, from publishing to its acceptance; sorted.</summary>
    private async Task<List<TimeSpan>> LatenciesAsync(IWebhookDeliveries deliveries, Endpoint endpoint)
    {
        var latencies = new List<TimeSpan>();
        await foreach (var delivery in History.ListAsync(deliveries, new DeliveryQuery { SubscriptionId = endpoint.SubscriptionId, Status = DeliveryStatus.Succeeded }))
        {
            if (!_earlier.DeliveredTo(endpoint).Contains(delivery.EventId)) latencies.Add(delivery.CompletedAt!.Value - delivery.CreatedAt);
        }

        latencies.Sort();
        return latencies;
    }

    private static string Percentile(List<TimeSpan> sorted, double share) =>
        sorted.Count == 0 ? "-" : sorted[(int)Math.Ceiling(share * sorted.Count) - 1].TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static bool IsText(int column) => column < 2 || column == Titles.Length - 1;

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
