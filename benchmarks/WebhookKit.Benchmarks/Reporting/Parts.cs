using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Reporting;

/// <summary>What the report has, in the order in which it is run: what matters most comes first, in case the time is up.</summary>
internal static class Parts
{
    public const string Throughput = "Throughput and allocation";
    public const string Latency = "Publish latency";
    public const string FanOut = "Fan-out";
    public const string Isolation = "Isolation";
    public const string Backlog = "Growth of the backlog";
    public const string Lanes = "Growth of lanes";
    public const string Batching = "Batching";
    public const string Rest = "Start-up and rest";
    public const string Drain = "Draining";

    private static readonly string[] Stores = [Part.Memory, Part.Sqlite, Part.Postgres];

    public static IReadOnlyList<Part> All { get; } =
    [
        new Part(Throughput, Part.Memory, "throughput --rivals no --rounds 7 --warm-up-seconds 35 --ms 1000") { Goals = [.. Goals.Rates(0.85), .. Goals.Bytes] },
        new Part(Throughput, Part.Sqlite, "throughput --rivals no --rounds 7 --warm-up-seconds 35 --ms 1000") { Goals = [.. Goals.Rates(0.60)] },
        new Part(Throughput, Part.Postgres, "throughput --rivals no --rounds 7 --warm-up-seconds 35 --ms 1000") { Goals = [.. Goals.Rates(0.50)] },
        .. Each(Latency, "latency --rounds 5 --warm-up-seconds 15 --events 10000", new Goal("p99, ms", Target.AtMost(10, "0"))),
        .. Each(FanOut, "fanout --rounds 3 --warm-ups 3 --warm-up-seconds 20 --ms 250", Goals.FanOut),
        new Part(Isolation, Part.Memory, "isolation --rounds 3 --seconds 7") { Goals = Goals.Isolation },
        new Part(Backlog, Part.Memory, "backlog --rounds 5 --warm-up-seconds 25 --ms 300") { Goals = Goals.Backlog },
        new Part(Backlog, Part.Sqlite, "backlog --rounds 5 --warm-up-seconds 25 --ms 300") { Goals = [.. Goals.Backlog, Goals.MemoryOfBacklog(250)] },
        .. Each(Lanes, "lanes --rounds 5 --warm-up-seconds 25 --ms 400", Goals.Lanes).Where(p => p.Store != Part.Postgres),

        // It takes long, since a million rows and their indexes are written first.
        new Part(Backlog, Part.Postgres, "backlog --rounds 5 --warm-up-seconds 25 --ms 300", Minutes: 5) { Goals = [.. Goals.Backlog, Goals.MemoryOfBacklog(300)] },

        // What has no goals.
        .. Each(Batching, "batching --rounds 5 --warm-up-seconds 15 --ms 300"),
        .. Each(Drain, "drain --rounds 5 --warm-up-seconds 10"),
        .. Each(Rest, "rest --rounds 2"),
    ];

    public static string[] Topics { get; } = [Throughput, Latency, FanOut, Isolation, Backlog, Lanes, Batching, Drain, Rest];

    private static IEnumerable<Part> Each(string topic, string arguments, params Goal[] goals) =>
        Stores.Select(store => new Part(topic, store, arguments) { Goals = goals });
}
