using System.Security.Cryptography;

namespace WebhookKit.Publishing;

/// <summary>The one source of randomness (jitter, ids), so that a run can be repeated from its seed. Secrets do not come from here.</summary>
internal sealed class RandomSource(Random random)
{
    private readonly Lock _gate = new();

    public static RandomSource CreateUnpredictable() => new(new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));

    /// <summary>A number from 0 (inclusive) to 1 (exclusive).</summary>
    public double NextDouble()
    {
        lock (_gate) return random.NextDouble();
    }

    public long NextInt64()
    {
        lock (_gate) return random.NextInt64();
    }
}
