namespace WebhookKit.Storage.InMemory;

/// <summary>A store in the memory of the process, for one node or, in tests, for several nodes that share the instance.</summary>
/// <remarks>
/// One lock guards everything; nothing inside it waits, so every call completes at once. What it keeps is in tables without locks of
/// their own. Leases run on the monotonic clock of the <see cref="TimeProvider"/>.
/// </remarks>
internal sealed partial class InMemoryWebhookStore : IWebhookStore, IWakeUpChannel
{
    private const int MaxPartitions = 4096;

    /// <summary>How many pending deliveries or events one listing looks at: a millisecond or two.</summary>
    private const int MaxListSteps = 50_000;

    /// <summary>How many deleted subscriptions are remembered for nodes that have not heard of it yet.</summary>
    private const int MaxDeleted = 10_000;

    private readonly Lock _lock = new();
    private readonly int _maxPending;
    private readonly LeaseTable _leases;
    private readonly SubscriptionTable _subscriptions;
    private readonly EventTable _events;
    private readonly LaneTable _lanes;
    private readonly DeliveryTable _deliveries;
    private readonly DeliveryLists _lists;
    private readonly MissedEvents _missed;
    private readonly StatisticsTable _statistics;
    private long _sequence;

    public InMemoryWebhookStore(InMemoryStoreOptions options, TimeProvider time, int maxListSteps = MaxListSteps, int maxDeleted = MaxDeleted)
    {
        Check(options.PartitionCount, 1, MaxPartitions, nameof(options.PartitionCount));
        Check(options.MaxPending, 1, int.MaxValue, nameof(options.MaxPending));
        Check(options.MaxSucceeded, 0, int.MaxValue, nameof(options.MaxSucceeded));
        Check(options.MaxFailed, 0, int.MaxValue, nameof(options.MaxFailed));
        Check(options.MaxAttemptsPerDelivery, 0, int.MaxValue, nameof(options.MaxAttemptsPerDelivery));
        Check(options.MaxStatistics, 0, int.MaxValue, nameof(options.MaxStatistics));
        PartitionCount = options.PartitionCount;
        _maxPending = options.MaxPending;
        _leases = new LeaseTable(PartitionCount, time);
        _subscriptions = new SubscriptionTable(maxDeleted);
        _events = new EventTable(options.MaxFailed);
        _lanes = new LaneTable(PartitionCount);
        _deliveries = new DeliveryTable(_lanes, _events, options.MaxSucceeded, options.MaxFailed, options.MaxAttemptsPerDelivery);
        _lists = new DeliveryLists(_deliveries, _lanes, _events, maxListSteps);
        _missed = new MissedEvents(_events, maxListSteps);
        _statistics = new StatisticsTable(options.MaxStatistics);
    }

    public int PartitionCount { get; }

    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    private static void Check(int value, int least, int most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"InMemoryStoreOptions.{name} is {value}: set it to {least} to {most}.");
    }

    private void CheckPartition(int partition)
    {
        if ((uint)partition >= (uint)PartitionCount)
            throw new ArgumentOutOfRangeException(nameof(partition), partition, $"There is no partition {partition}: this store has {PartitionCount}, numbered from 0.");
    }

    private void CheckPartitions(IReadOnlyCollection<int> partitions)
    {
        foreach (var partition in partitions)
            CheckPartition(partition);
    }
}
