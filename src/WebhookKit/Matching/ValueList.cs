using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Matching;

/// <summary>A list that equals another with equal items, so that records that hold one are values. The array is never changed.</summary>
internal readonly struct ValueList<T>(T[] items) : IEquatable<ValueList<T>>
    where T : IEquatable<T>
{
    public T[] Items { get; } = items;

    public bool Equals(ValueList<T> other) => Items.AsSpan().SequenceEqual(other.Items);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ValueList<T> other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in Items) hash.Add(item);
        return hash.ToHashCode();
    }
}
