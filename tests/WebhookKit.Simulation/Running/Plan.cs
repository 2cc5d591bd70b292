using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Running;

/// <summary>What is fixed for a run, drawn from its seed.</summary>
internal sealed class Plan
{
    private static readonly TimeSpan[][] Schedules =
    [
        [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(1000)],
        [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5)],
        [TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30)],
        [TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)],
    ];

    public Plan(Random random)
    {
        Partitions = random.Next(1, 17);
        Nodes = random.Next(1, 5);
        Endpoints = random.Next(1, 13);
        Events = random.Next(10, 200);
        Disturbances = random.Next(0, 25);
        Lasts = TimeSpan.FromMinutes(Between(random, 2, 300));
        Timeout = TimeSpan.FromSeconds(random.Next(1, 16));
        Lease = TimeSpan.FromSeconds(Between(random, 24, 600));
        Sweep = TimeSpan.FromSeconds(Between(random, 1, 300));
        GroupsCommits = random.Next(2) == 0;
        WakesUp = random.Next(3) > 0;
        LaneBuffer = random.Next(2) == 0 ? 16 : 2048;
        MaxConcurrency = random.Next(3) == 0 ? random.Next(1, 9) : 2048;
        Jitter = random.Next(2) == 0 ? 0 : 0.2;
        Schedule = Schedules[random.Next(Schedules.Length)];
        Breaker = new BreakerOptions { Failures = random.Next(1, 12), OpenFor = TimeSpan.FromSeconds(random.Next(1, 30)), MaxOpenFor = TimeSpan.FromMinutes(random.Next(1, 5)) };
        DisablesOnGone = random.Next(2) == 0;
        DisablesAfter = random.Next(3) == 0 ? TimeSpan.FromMinutes(random.Next(1, 120)) : null;
        Format = new SimFormat();
        Profile = new WebhookProfile
        {
            Name = "sim",
            Format = Format,
            Retry = new RetrySchedule(Schedule) { Jitter = Jitter },
            Timeout = Timeout,
            Disable = new DisableRule { OnGone = DisablesOnGone, FailingFor = DisablesAfter },
        };
    }

    public int Partitions { get; }

    public int Nodes { get; }

    public int Endpoints { get; }

    public int Events { get; }

    public int Disturbances { get; }

    /// <summary>How long events are published and things go wrong.</summary>
    public TimeSpan Lasts { get; }

    public TimeSpan Timeout { get; }

    public TimeSpan Lease { get; }

    public TimeSpan Sweep { get; }

    public bool GroupsCommits { get; }

    public bool WakesUp { get; }

    public int LaneBuffer { get; }

    public int MaxConcurrency { get; }

    public double Jitter { get; }

    public TimeSpan[] Schedule { get; }

    public BreakerOptions Breaker { get; }

    public bool DisablesOnGone { get; }

    public TimeSpan? DisablesAfter { get; }

    public SimFormat Format { get; }

    public WebhookProfile Profile { get; }

    /// <summary>A number between two, small ones as likely as large ones by their size.</summary>
    public static double Between(Random random, double least, double most) => least * Math.Pow(most / least, random.NextDouble());

    public static TimeSpan ClockError(Random random) => TimeSpan.FromSeconds(random.Next(-120, 121));

    public void Configure(WebhookOptions options)
    {
        options.AllowUnknownEventTypes = true;
        options.DefaultProfile = Profile.Name;
        options.LeaseDuration = Lease;
        options.SweepInterval = Sweep;
        options.LaneBufferSize = LaneBuffer;
        options.MaxConcurrency = MaxConcurrency;
        options.MaxBufferedBytes = 1024 * 1024;
        options.Breaker = Breaker;
        options.StatisticsInterval = TimeSpan.FromMinutes(5);
        options.DispatchLoops = 2;
    }
}
