using WebhookKit.Benchmarks.Batching;
using WebhookKit.Benchmarks.Draining;
using WebhookKit.Benchmarks.FanOut;
using WebhookKit.Benchmarks.Growth;
using WebhookKit.Benchmarks.Guarding;
using WebhookKit.Benchmarks.Isolation;
using WebhookKit.Benchmarks.Latency;
using WebhookKit.Benchmarks.Matching;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receivers;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Reporting;
using WebhookKit.Benchmarks.Resting;
using WebhookKit.Benchmarks.Retention;
using WebhookKit.Benchmarks.ScaleOut;
using WebhookKit.Benchmarks.Signing;
using WebhookKit.Benchmarks.Throughput;
using WebhookKit.Benchmarks.Yardsticks;

const string Help = """
    Usage: WebhookKit.Benchmarks <command> [--name value]...

      report       all that ./bench.sh runs, written to a folder     [--out .] [--minutes 16] [--only throughput,lanes]
      throughput   the engine against a plain loop over HttpClient   [--store memory|sqlite|postgres] [--rounds 7] [--requests 60000] [--rivals no]
      yardsticks   what else one could do on PostgreSQL              [--only outbox|scheduler|loop] [--rounds 7] [--requests 60000]
      latency      publishing, by 20 at once                         [--store memory|sqlite|postgres] [--rounds 7] [--events 20000]
      growth       beside dead endpoints' backlogs, or an empty one  [--store sqlite|postgres] [--rounds 7] [--pending 1000000]
                   on SQLite [--history 100000], on PostgreSQL [--lanes 100000]
      backlog      healthy endpoints beside 10 thousand to 1 million [--store memory|sqlite|postgres] [--rounds 7] [--to 1000000]
      lanes        events that go round 10 to 100,000 endpoints      [--store memory|sqlite] [--rounds 7] [--to 100000]
      batching     requests of 1, 10 and 100 events                  [--store memory|sqlite|postgres] [--rounds 5]
      drain        delivering by hand what is pending                [--store memory|sqlite|postgres] [--rounds 5] [--events 10000]
      rest         start-up, and memory at rest                      [--store memory|sqlite|postgres] [--rounds 5]
      fanout       one event for 1 to 10,000 subscriptions           [--store memory|sqlite|postgres] [--rounds 5]
      isolation    healthy endpoints beside a hanging and a slow one [--rounds 3] [--seconds 20] [--rate 500]
      scaleout     several nodes on one PostgreSQL against one        [--nodes 4] [--seconds 10] [--rounds 3] [--concurrency 64]
      retention    PostgreSQL: removing old history meanwhile        [--rounds 3] [--rate 1000] [--old 300000]
      matching     100,000 subscriptions: matching, and idle lanes   [--subscriptions 100000]
      signing      1 KiB under each profile that signs with an HMAC  [--rounds 15]
      guard        pooled connections with and without the guard     [--rounds 401] [--requests 500]
      receiver     receiving against an endpoint that reads the body [--rounds 21] [--requests 20000] [--body 250]

    Each prints a table (median, and minimum..maximum over its rounds) and exits 1 when a target is missed.
    Those that take turns begin to count once hardly anything is compiled any more, or after [--warm-up-seconds 60].
    Run it in Release, on a machine that does nothing else.
    """;

try
{
    var settings = Settings.Parse(args);
    var exitCode = settings.Command switch
    {
        "report" => await ReportCommand.RunAsync(settings),
        "throughput" => await ThroughputBenchmark.RunAsync(settings),
        "yardsticks" => await YardstickBenchmark.RunAsync(settings),
        "latency" => await LatencyBenchmark.RunAsync(settings),
        "growth" => await GrowthBenchmark.RunAsync(settings),
        GrowthSide.Command => await GrowthSide.RunAsync(settings),
        "backlog" => await BacklogBenchmark.RunAsync(settings),
        "lanes" => await LanesBenchmark.RunAsync(settings),
        "batching" => await BatchingBenchmark.RunAsync(settings),
        "drain" => await DrainBenchmark.RunAsync(settings),
        "rest" => await RestBenchmark.RunAsync(settings),
        RestSide.Command => await RestSide.RunAsync(settings),
        "fanout" => await FanOutBenchmark.RunAsync(settings),
        "isolation" => await IsolationBenchmark.RunAsync(settings),
        "scaleout" => await ScaleOutBenchmark.RunAsync(settings),
        ScaleOutNode.Command => await ScaleOutNode.RunAsync(settings),
        "retention" => await RetentionBenchmark.RunAsync(settings),
        "matching" => await MatchingBenchmark.RunAsync(settings),
        "guard" => await GuardBenchmark.RunAsync(settings),
        "signing" => SigningBenchmark.Run(settings),
        "receiver" => await ReceiverBenchmark.RunAsync(settings),
        ReceiverProcess.Command => await ReceiverProgram.RunAsync(settings),
        _ => ShowHelp(),
    };
    if (settings.Text(PartRunner.Results, "") is { Length: > 0 } file) Report.Findings.Save(file);
    return exitCode;
}
catch (FormatException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 2;
}

static int ShowHelp()
{
    Console.WriteLine(Help);
    return 2;
}
