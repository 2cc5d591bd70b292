namespace WebhookKit.Simulation.World;

/// <summary>How the database is doing.</summary>
internal sealed class Weather(SimWorld world)
{
    private static readonly CallFate Instant = new(default, default, IsInstant: true, IsRefused: false, IsAnswerLost: false);

    private static readonly TimeSpan Hiccup = TimeSpan.FromSeconds(2);

    /// <summary>Whether it has ever been anything but quick and there.</summary>
    public bool WasBad { get; set; } = world.Plan.UsualWay >= TimeSpan.FromSeconds(1);

    /// <summary>Whether it is quick and there.</summary>
    public bool IsGood => !IsAway && Faults == 0 && Slowest <= world.Plan.UsualWay;

    /// <summary>How many of a hundred calls do not work out, of which half are done all the same.</summary>
    public int Faults { get; set; }

    public bool IsAway { get; set; }

    /// <summary>The longest that a way takes.</summary>
    public TimeSpan Slowest { get; set; } = world.Plan.UsualWay;

    public CallFate NextCall()
    {
        var random = world.Random;
        if (IsAway) return new(Way(random), Way(random), IsInstant: false, IsRefused: true, IsAnswerLost: false);
        if (Faults > 0 && random.Next(100) < Faults)
            return random.Next(2) == 0 ? new(Way(random), Way(random), false, IsRefused: true, false) : new(Way(random), Way(random), false, false, IsAnswerLost: true);
        return random.Next(3) == 0 ? Instant : new(Way(random), Way(random), false, false, false);
    }

    /// <summary>Now and then one takes long, whatever the others do.</summary>
    private TimeSpan Way(Random random) => TimeSpan.FromTicks(random.NextInt64((random.Next(40) == 0 ? Slowest + Hiccup : Slowest).Ticks + 1));
}
