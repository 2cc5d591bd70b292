using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Running;

/// <summary>What is fixed for a run, drawn from its seed.</summary>
internal sealed class Plan
{
    public Plan(Random random, int seed)
    {
        // Most runs are small, for most bugs need little to show, and so many more of them fit into a minute.
        var size = random.Next(10) switch { < 7 => 1, < 9 => 3, _ => 12 };
        Partitions = random.Next(1, 17);
        Nodes = random.Next(1, size == 1 ? 4 : 5);
        Endpoints = random.Next(1, size == 12 ? 13 : 5);
        Events = random.Next(3, 16 * size);
        Disturbances = random.Next(0, size == 12 ? 25 : 4 + (3 * size));
        Deeds = random.Next(2) == 0 ? 0 : random.Next(1, 6 * size);
        Lasts = TimeSpan.FromMinutes(Between(random, 1, 25 * size));
        Timeout = TimeSpan.FromSeconds(random.Next(1, 16));
        Schedule = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(10) == 0 ? TimeSpan.Zero : WholeSeconds(Between(random, 1, Lasts.TotalSeconds)))];

        // Where a run is long, what nodes do again and again they do less often: it would be most of the work, and brings little.
        var whole = Lasts + TimeSpan.FromTicks(Schedule.Sum(d => d.Ticks));
        Lease = Later(TimeSpan.FromSeconds(Between(random, 24, 300)), whole / 20);
        Sweep = Earlier(Later(TimeSpan.FromSeconds(Between(random, 1, 300)), whole / 60), TimeSpan.FromMinutes(5));
        GroupsCommits = random.Next(2) == 0;
        WakesUp = random.Next(3) > 0;
        LaneBuffer = random.Next(2) == 0 ? 16 : 2048;
        MaxConcurrency = random.Next(3) == 0 ? random.Next(1, 9) : 2048;
        Jitter = random.Next(2) == 0 ? 0 : 0.2;
        Breaker = new BreakerOptions { Failures = random.Next(2) == 0 ? random.Next(1, 3) : random.Next(1, 12), OpenFor = TimeSpan.FromSeconds(random.Next(1, 30)), MaxOpenFor = TimeSpan.FromMinutes(random.Next(1, 5)) };
        DisablesOnGone = random.Next(2) == 0;
        DisablesOnExhausted = random.Next(5) == 0;
        DisablesAfter = random.Next(3) == 0 ? WholeSeconds(Between(random, 1, Lasts.TotalSeconds)) : null;
        ClocksJump = random.Next(2) == 0;
        HasFront = random.Next(4) == 0;
        IsJammed = random.Next(4) == 0;
        IsHasty = random.Next(IsJammed ? 2 : 5) == 0;
        UsualWay = TimeSpan.FromMilliseconds(5);
        if (IsJammed)
        {
            MaxConcurrency = random.Next(1, 6);
            Breaker.Failures = random.Next(1, 4);
            if (random.Next(2) == 0) UsualWay = TimeSpan.FromSeconds(random.Next(1, 4));
        }

        DrainsByHand = random.Next(8) == 0;
        PurgesAtEnd = random.Next(4) == 0;
        Retention = new RetentionOptions
        {
            Succeeded = random.Next(4) switch { 0 => TimeSpan.Zero, 1 => WholeSeconds(Between(random, 1, Lasts.TotalSeconds)), _ => TimeSpan.FromDays(7) },
            Failed = random.Next(4) == 0 ? WholeSeconds(Between(random, 60, Lasts.TotalSeconds)) : TimeSpan.FromDays(30),
            Attempts = random.Next(4) == 0 ? WholeSeconds(Between(random, 60, Lasts.TotalSeconds)) : TimeSpan.FromDays(30),

            // While a host may still publish an event again, it must be known.
            Events = random.Next(4) == 0 ? TimeSpan.FromHours(random.Next(3, 24)) : TimeSpan.FromDays(7),
        };
        Format = new SimFormat();
        Profile = new WebhookProfile
        {
            Name = "sim",
            Format = Format,
            Retry = new RetrySchedule(Schedule) { Jitter = Jitter },
            Timeout = Timeout,
            Disable = new DisableRule { OnGone = DisablesOnGone, OnExhausted = DisablesOnExhausted, FailingFor = DisablesAfter },
        };

        // Not drawn whether: what seeds have shown before there were changes, they are to show still.
        Changes = seed % 5 == 4 ? random.Next(2, 10 * size) : 0;
    }

    public int Partitions { get; }

    public int Nodes { get; }

    public int Endpoints { get; }

    public int Events { get; }

    public int Disturbances { get; }

    /// <summary>How often somebody cancels, resends, recovers, pauses, deletes …</summary>
    public int Deeds { get; }

    /// <summary>How often somebody changes the settings of a subscription.</summary>
    public int Changes { get; }

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

    public bool DisablesOnExhausted { get; }

    public TimeSpan? DisablesAfter { get; }

    /// <summary>Whether clocks are set; else machines may sleep. Of a node to which both happens, no clock can tell the time any more.</summary>
    public bool ClocksJump { get; }

    /// <summary>Whether half of the events do not live long, and most endpoints take batches: of many a batch a part expires while it waits.</summary>
    public bool IsHasty { get; }

    /// <summary>Whether much comes at once to endpoints that are often ill, and few requests may go: what has had to wait for something finds another world then.</summary>
    public bool IsJammed { get; }

    /// <summary>The longest that a way to the database usually takes.</summary>
    public TimeSpan UsualWay { get; }

    /// <summary>Whether there is a node that only publishes.</summary>
    public bool HasFront { get; }

    /// <summary>Whether in the end nobody delivers but by draining.</summary>
    public bool DrainsByHand { get; }

    /// <summary>Whether it goes on until all history is purged.</summary>
    public bool PurgesAtEnd { get; }

    public RetentionOptions Retention { get; }

    public const int DispatchLoops = 2;

    /// <summary>How long everything may take to come right.</summary>
    public TimeSpan Patience => TimeSpan.FromHours(6) + (3 * (Lasts + TimeSpan.FromTicks(Schedule.Sum(static d => d.Ticks))));

    public static TimeSpan MostClockError => TimeSpan.FromMinutes(2);

    public SimFormat Format { get; }

    public WebhookProfile Profile { get; }

    /// <summary>A number between two, small ones as likely as large ones by their size.</summary>
    public static double Between(Random random, double least, double most) => least * Math.Pow(most / least, random.NextDouble());

    private static TimeSpan WholeSeconds(double seconds) => TimeSpan.FromSeconds(Math.Ceiling(seconds));

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

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
        options.DispatchLoops = DispatchLoops;
        options.Retention = Retention;
    }
}
