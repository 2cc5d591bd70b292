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
        new Part(Throughput, Part.Memory, "throughput --rivals no --rounds 9 --warm-ups 8 --ms 1500"),
        new Part(Throughput, Part.Sqlite, "throughput --rivals no --rounds 7 --warm-ups 5 --ms 1500"),
        new Part(Throughput, Part.Postgres, "throughput --rivals no --rounds 7 --warm-ups 5 --ms 1500"),
        .. Each(Latency, "latency --rounds 5 --events 10000"),
        .. Each(FanOut, "fanout --rounds 3 --ms 250"),
        new Part(Isolation, Part.Memory, "isolation --rounds 2 --seconds 9"),
        new Part(Backlog, Part.Memory, "backlog --rounds 7 --warm-ups 4 --ms 400"),
        new Part(Backlog, Part.Sqlite, "backlog --rounds 5 --warm-ups 6 --ms 400"),
        new Part(Lanes, Part.Memory, "lanes --rounds 7 --warm-ups 3 --ms 500"),
        new Part(Lanes, Part.Sqlite, "lanes --rounds 5 --warm-ups 2 --ms 400"),
        .. Each(Batching, "batching --rounds 5 --warm-ups 3 --ms 400"),
        .. Each(Drain, "drain --rounds 5 --warm-ups 2"),
        .. Each(Rest, "rest --rounds 2"),

        // The longest, since a million rows and their indexes are written first.
        new Part(Backlog, Part.Postgres, "backlog --rounds 5 --warm-ups 2 --ms 300", Minutes: 5),
    ];

    public static string[] Topics { get; } = [Throughput, Latency, FanOut, Isolation, Backlog, Lanes, Batching, Drain, Rest];

    private static IEnumerable<Part> Each(string topic, string arguments) => Stores.Select(store => new Part(topic, store, arguments));
}
