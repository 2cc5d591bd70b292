using System.Threading.Channels;

namespace WebhookKit.Tests.Storage;

/// <summary>A write that ends when and how the test says: each item's result is ten times the item.</summary>
internal sealed class GatedWriter
{
    private readonly Channel<Round> _begun = Channel.CreateUnbounded<Round>();

    public List<string> Rounds { get; } = [];

    public bool WasGivenAToken { get; private set; }

    public ValueTask<IReadOnlyList<int>> WriteAsync(IReadOnlyList<int> items, CancellationToken cancellationToken)
    {
        WasGivenAToken |= cancellationToken.CanBeCanceled;
        var round = new Round(items);
        Rounds.Add(string.Join(',', items));
        _begun.Writer.TryWrite(round);
        return new(round.Task);
    }

    /// <summary>The next write that has begun.</summary>
    public async Task<Round> NextAsync() => await _begun.Reader.ReadAsync();

    internal sealed class Round(IReadOnlyList<int> items)
    {
        private readonly TaskCompletionSource<IReadOnlyList<int>> _end = new();

        public Task<IReadOnlyList<int>> Task => _end.Task;

        public void Succeed() => Return([.. items.Select(i => i * 10)]);

        public void Return(IReadOnlyList<int> results) => _end.SetResult(results);

        public void Fail(Exception error) => _end.SetException(error);
    }
}
