using WebhookKit.PostgreSql.Connections;

namespace WebhookKit.PostgreSql;

/// <summary>The fencing numbers of some settlements, each once, and which of them still count.</summary>
internal sealed class Fences(int settlements)
{
    private readonly Dictionary<(int Partition, long Fence), int> _fences = [];
    private readonly int[] _fenceOf = new int[settlements];
    private readonly HashSet<int> _current = [];

    /// <summary>Adds that of a settlement.</summary>
    /// <returns>Where it stands, from 1.</returns>
    public int Add(int place, Settlement settlement)
    {
        var fence = (settlement.Partition, settlement.Fence);
        if (!_fences.TryGetValue(fence, out var held)) _fences.Add(fence, held = _fences.Count + 1);
        return _fenceOf[place] = held;
    }

    /// <summary>Where that of a settlement stands, from 1.</summary>
    public int Of(int place) => _fenceOf[place];

    /// <summary>Whether the settlement's fencing number is that of the partition's owner.</summary>
    public bool IsCurrent(int place) => _current.Contains(_fenceOf[place]);

    /// <summary>Notes which of them count.</summary>
    public void Note(long[] held)
    {
        foreach (var place in held) _current.Add((int)place);
    }

    public Command AddTo(Command command) => command
        .With(_fences.Keys.Select(static f => (short)f.Partition).ToArray())
        .With(_fences.Keys.Select(static f => f.Fence).ToArray());
}
