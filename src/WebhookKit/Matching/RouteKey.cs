using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Matching;

/// <summary>
/// A tenant and the beginning of a text: a whole event type, or a prefix that ends with a dot, or the empty prefix of <c>*</c>.
/// It points into the text, so that looking up every prefix of an event's type allocates nothing.
/// </summary>
internal readonly struct RouteKey(string? tenantId, string text, int length) : IEquatable<RouteKey>
{
    private readonly string? _tenantId = tenantId;
    private readonly string _text = text;
    private readonly int _length = length;

    private ReadOnlySpan<char> Key => _text.AsSpan(0, _length);

    /// <summary>Whether a shorter prefix of this key is among some keys.</summary>
    public bool IsCoveredBy(HashSet<RouteKey> keys)
    {
        for (var i = 0; i < _length; i++)
        {
            if ((i == 0 || _text[i - 1] == '.') && keys.Contains(new RouteKey(_tenantId, _text, i))) return true;
        }

        return false;
    }

    public bool Equals(RouteKey other) => Key.SequenceEqual(other.Key) && string.Equals(_tenantId, other._tenantId, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is RouteKey other && Equals(other);

    // The runtime's seeded hash of strings, so that nobody can choose tenants or types that collide.
    public override int GetHashCode() => HashCode.Combine(_tenantId, string.GetHashCode(Key));
}
