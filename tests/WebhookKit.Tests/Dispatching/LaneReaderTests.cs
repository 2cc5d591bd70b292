using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using NUnit.Framework;
using WebhookKit.Diagnostics;
using WebhookKit.Dispatching;
using WebhookKit.Testing;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class LaneReaderTests
{
    private const int Lanes = 20;
    private const int BatchSize = 16;

    /// <summary>Lanes that batch get a batch each however short memory is; so many rows of so many lanes do not come at once.</summary>
    [TestCase(1024 * 1024, 2)]
    [TestCase(1024 * 1024 * 1024, Lanes - 1)]
    public async Task Read_ManyLanesThatBatch_AsksForNoMoreAtOnceThanThereIsMemoryFor(long maxBytes, int lanesInOneRead)
    {
        var time = new ManualTimeProvider();
        var budget = new BufferBudget(maxBytes);
        var lanes = new LaneTable(new OwnedPartitions(time), new FailingTable(), budget, new WebhookOptions());
        var gate = new TaskCompletionSource();
        List<int> rounds = [];
        var queue = new Mock<IDeliveryQueue>();
        queue.Setup(q => q.ReadAsync(It.IsAny<IReadOnlyList<LaneRead>>(), It.IsAny<CancellationToken>())).Returns(async (IReadOnlyList<LaneRead> reads, CancellationToken _) =>
        {
            rounds.Add(reads.Count);
            await gate.Task;
            return [.. reads.Select(_ => (IReadOnlyList<PendingDelivery>)[])];
        });
        var reader = new LaneReader(queue.Object, lanes, budget, new EventPool(), time, new SafeLogger<LaneReader>(NullLoggerFactory.Instance));

        var reading = Enumerable.Range(0, Lanes).Select(i =>
        {
            var lane = lanes.GetOrAdd(Model($"s{i}", batching: new BatchingOptions { MaxEvents = BatchSize }));
            lane.TryWake(Now);
            return reader.ReadAsync(lane, lane.TakeTurn(Now, 1, TimeSpan.FromMinutes(1)).Read!.Value, default);
        }).ToArray();
        gate.SetResult();
        await Task.WhenAll(reading);

        Assert.That((rounds.Sum(), rounds.Max()), Is.EqualTo((Lanes, lanesInOneRead)));
    }
}
