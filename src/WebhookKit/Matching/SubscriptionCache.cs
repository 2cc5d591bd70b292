namespace WebhookKit.Matching;

/// <summary>Keeps this node's index of subscriptions up to date with the store.</summary>
internal sealed class SubscriptionCache(
    ISubscriptionStore store, SubscriptionModelFactory models, Publishing.EventTypeCatalog catalog, ISubscriptionListener listener) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private SubscriptionIndex _current = SubscriptionIndex.Create(catalog.BatchingRequired);

    public SubscriptionIndex Current => Volatile.Read(ref _current);

    /// <summary>Learns of all changes that were committed before the call.</summary>
    public async ValueTask<SubscriptionIndex> RefreshAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var before = Current;
            var changes = await store.ReadChangesAsync(before.Version, cancellationToken);
            if (changes.Version == before.Version) return before;

            SubscriptionModel[] changed = [.. changes.Changed.Select(models.Create)];
            var after = before.Apply(changes.Version, changed, changes.Deleted);
            Volatile.Write(ref _current, after);
            foreach (var model in changed)
            {
                // Deleted and made again since the last look: another subscription with the same id.
                if (before.Find(model.Id) is { } old && old.Subscription.CreatedAt != model.Subscription.CreatedAt) listener.Deleted(model.Id);
                listener.Changed(before.Find(model.Id), model);
            }

            foreach (var id in changes.Deleted) listener.Deleted(id);
            return after;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();
}
