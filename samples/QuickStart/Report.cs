using System.Globalization;
using WebhookKit;

namespace QuickStart;

/// <summary>What became of everything: one row an endpoint, the totals, and whether every event owed came exactly once.</summary>
internal sealed class Report
{
    private static readonly string[] Titles = ["endpoint", "behaviour", "owed", "deliveries", "requests", "retries", "verified", "p50 ms", "p99 ms", "status"];

    private readonly List<string[]> _rows = [];
    private readonly List<string> _faults = [];

    public bool IsComplete => _faults.Count == 0;

    public static async Task<Report> MakeAsync(
        IReadOnlyList<PublishedEvent> published, IWebhookSubscriptions subscriptions, IWebhookDeliveries deliveries)
    {
        var report = new Report();
        var (owedInAll, deliveredInAll) = (0, 0);
        foreach (var endpoint in Endpoints.All)
        {
            var owed = published.Where(item => endpoint.IsOwed(item.Type)).Select(item => item.Id).ToHashSet();
            var latencies = await LatenciesAsync(deliveries, endpoint.SubscriptionId);
            var subscription = await subscriptions.GetAsync(endpoint.SubscriptionId);
            (owedInAll, deliveredInAll) = (owedInAll + owed.Count, deliveredInAll + latencies.Count);
            report.Check(endpoint, owed, latencies.Count);
            report._rows.Add(
            [
                endpoint.Name, endpoint.Behaviour, Text(owed.Count), Text(latencies.Count), Text(endpoint.Requests), Text(endpoint.Retries),
                Text(endpoint.Verified), Percentile(latencies, 0.50), Percentile(latencies, 0.99),
                subscription!.Status.ToString().ToLowerInvariant(),
            ]);
        }

        var all = Endpoints.All;
        report._rows.Add(["total", "", Text(owedInAll), Text(deliveredInAll), Text(all.Sum(e => e.Requests)), Text(all.Sum(e => e.Retries)), Text(all.Sum(e => e.Verified)), "", "", ""]);
        return report;
    }

    public void Print(TextWriter output, int published, int badLines, TimeSpan elapsed)
    {
        var widths = Titles.Select((title, column) => _rows.Max(row => Math.Max(row[column].Length, title.Length))).ToArray();
        output.WriteLine();
        PrintRow(output, Titles, widths);
        output.WriteLine(string.Join("  ", widths.Select(width => new string('-', width))));
        foreach (var row in _rows) PrintRow(output, row, widths);
        output.WriteLine();
        output.WriteLine("retries: requests for a message that had been sent before; p50, p99: from publishing an event to its acceptance");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"events published: {published}, bad lines: {badLines}, time: {elapsed.TotalSeconds:0.0} s"));
        foreach (var fault in _faults) output.WriteLine(fault);
        if (IsComplete) output.WriteLine("Every event owed was received and verified exactly once.");
    }

    private void Check(Endpoint endpoint, HashSet<string> owed, int delivered)
    {
        var accepted = endpoint.Accepted;
        AddFault(endpoint, owed.Count(id => !accepted.ContainsKey(id)), "missing");
        AddFault(endpoint, accepted.Count(item => item.Value > 1), "received more than once");
        AddFault(endpoint, accepted.Count(item => !owed.Contains(item.Key)), "received but not owed");
        AddFault(endpoint, endpoint.Requests - endpoint.Verified, "requests that did not verify");
        if (delivered != accepted.Count) _faults.Add($"{endpoint.Name}: the library counts {delivered} deliveries, the receiver {accepted.Count}.");
    }

    private void AddFault(Endpoint endpoint, int count, string what)
    {
        if (count > 0) _faults.Add($"{endpoint.Name}: {count} {what}.");
    }

    /// <summary>How long each successful delivery took, from publishing to its acceptance; sorted.</summary>
    private static async Task<List<TimeSpan>> LatenciesAsync(IWebhookDeliveries deliveries, string subscriptionId)
    {
        var latencies = new List<TimeSpan>();
        var query = new DeliveryQuery { SubscriptionId = subscriptionId, Status = DeliveryStatus.Succeeded, Limit = 1000 };
        do
        {
            var page = await deliveries.ListAsync(query);
            latencies.AddRange(page.Items.Select(delivery => delivery.CompletedAt!.Value - delivery.CreatedAt));
            query = query with { After = page.Next };
        }
        while (query.After is not null);

        latencies.Sort();
        return latencies;
    }

    private static string Percentile(List<TimeSpan> sorted, double share) =>
        sorted.Count == 0 ? "-" : sorted[(int)Math.Ceiling(share * sorted.Count) - 1].TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static void PrintRow(TextWriter output, string[] cells, int[] widths) =>
        output.WriteLine(string.Join("  ", cells.Select((cell, i) => IsText(i) ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());

    private static bool IsText(int column) => column < 2 || column == Titles.Length - 1;

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
