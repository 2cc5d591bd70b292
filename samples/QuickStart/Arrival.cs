namespace QuickStart;

/// <summary>Waits until everything owed has arrived, or nothing more comes.</summary>
internal static class Arrival
{
    // Longer than the longest pause of the retry schedule.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(6);

    public static async Task WaitAsync(IReadOnlyCollection<PublishedEvent> events, EarlierRuns earlier, CancellationToken cancellationToken)
    {
        var awaited = Endpoints.All.Sum(endpoint => events.Count(item => endpoint.IsOwed(item.Type) && !earlier.DeliveredTo(endpoint).Contains(item.Id)));
        var (seen, silentSince) = (-1, TimeProvider.System.GetTimestamp());
        while (Endpoints.All.Sum(endpoint => endpoint.Accepted.Count) < awaited && TimeProvider.System.GetElapsedTime(silentSince) < LongestSilence)
        {
            var requests = Endpoints.All.Sum(endpoint => endpoint.Requests);
            if (requests != seen) (seen, silentSince) = (requests, TimeProvider.System.GetTimestamp());
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }
}
