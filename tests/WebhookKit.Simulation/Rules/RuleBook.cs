using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Rules;

/// <summary>What always holds, checked against what the database and the network know and no node does.</summary>
internal sealed class RuleBook
{
    private readonly SimWorld _world;
    private RuleBrokenException? _broken;

    public RuleBook(SimWorld world)
    {
        _world = world;
        Requests = new RequestRules(world, this);
        Settlements = new SettlementRules(world, this);
        Hand = new HandRules(world, this);
        End = new EndRules(world, this);
    }

    /// <summary>How requests go.</summary>
    public RequestRules Requests { get; }

    /// <summary>What becomes of deliveries by what their requests come to.</summary>
    public SettlementRules Settlements { get; }

    /// <summary>What becomes of them by hand: published, canceled, resent, recovered, purged.</summary>
    public HandRules Hand { get; }

    /// <summary>What must be at the end.</summary>
    public EndRules End { get; }

    /// <summary>The events of which a publisher knows that they are stored.</summary>
    public HashSet<string> Promised { get; } = new(StringComparer.Ordinal);

    /// <summary>The events that could not be published, because the subscription that they were meant for is gone.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>The engine catches what is thrown at it: so what it must not hide is thrown once more, outside of it.</summary>
    public void ThrowIfBroken()
    {
        if (_broken is not null) throw _broken;
    }

    public void Break(string what)
    {
        _world.Note(null, $"BROKEN: {what}");
        _broken ??= new RuleBrokenException(what);
    }
}
