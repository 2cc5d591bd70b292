using WebhookKit.Sqlite.Connections;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite.Runs;

/// <summary>What never changes of a run. Its deliveries go by their places in it.</summary>
internal sealed class RunBody(long seq, long firstEvent, long lastEvent, byte[] lanes, byte[] members)
{
    /// <summary>What reading one needs, of the table named <c>r</c>.</summary>
    public const string Names = "r.seq, r.first_event, r.last_event, r.lanes, r.members";

    /// <summary>How many columns <see cref="Names"/> are.</summary>
    public const int ColumnCount = 5;

    private string[]? _laneIds;

    public long Seq => seq;

    public long FirstEvent => firstEvent;

    public long LastEvent => lastEvent;

    /// <summary>How many it has, or has had.</summary>
    public int Count { get; } = RunBytes.CountMembers(members);

    /// <summary>The subscriptions, by their places.</summary>
    public string[] Lanes => _laneIds ??= RunBytes.ToLanes(lanes);

    public RunMember this[int place] => RunBytes.MemberAt(members, place);

    /// <summary>Reads one from a row that begins with <see cref="Names"/>.</summary>
    public static RunBody Read(Statement row) => new(row.Long(0), row.Long(1), row.Long(2), row.Blob(3), row.Blob(4));

    public string SubscriptionIdOf(in RunMember member) => Lanes[member.Lane];

    public long EventSeqOf(in RunMember member) => firstEvent + member.Event;

    public DeliveryKey KeyOf(int place)
    {
        var member = this[place];
        return new DeliveryKey(EventSeqOf(member), SubscriptionIdOf(member));
    }

    /// <summary>Whether it has, or has had, a delivery to a subscription.</summary>
    public bool Concerns(string subscriptionId) => Array.IndexOf(Lanes, subscriptionId) >= 0;

    /// <summary>The lowest of all: they stand in the order of their events, and those of one event in that of their subscriptions.</summary>
    public DeliveryKey FirstKey => KeyOf(0);

    /// <summary>A place, and which run it is in, as one number.</summary>
    public long NumberOf(int place) => (seq * NewRun.MaxMembers) + place;

    /// <summary>The place of a delivery; <see langword="null"/> when it has never been here.</summary>
    public int? FindPlace(Guid id)
    {
        for (var place = 0; place < Count; place++)
        {
            if (this[place].Id == id) return place;
        }

        return null;
    }
}
