using WebhookKit.Diagnostics;
using WebhookKit.Storage;

namespace WebhookKit.Matching;

/// <summary>Keeps this node's index of subscriptions up to date with the store.</summary>
internal sealed class SubscriptionCache(
    ISubscriptionStore store,
    SubscriptionModelFactory models,
    KnownSubscriptions known,
    ISubscriptionListener listener,
    SafeLogger<SubscriptionCache> logger)
{
    private readonly Gate _oneAtATime = new(1);

    public SubscriptionIndex Current => known.Current;

    /// <summary>Learns of all changes that were committed before the call.</summary>
    public async ValueTask<SubscriptionIndex> RefreshAsync(CancellationToken cancellationToken)
    {
        OwnFlow.LeaveContext();
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var before = Current;
            var changes = await store.ReadChangesAsync(before.Version, cancellationToken);
            if (changes.Version == before.Version) return before;

            SubscriptionModel[] changed = [.. changes.Changed.Select(models.Create)];
            var deleted = changes.IsWhole ? FindMissing(before, changes.Changed) : changes.Deleted;
            var after = before.Apply(changes.Version, changed, deleted);
            known.Replace(after);
            foreach (var model in changed)
            {
                // Deleted and made again since the last look: another subscription with the same id.
                if (before.Find(model.Id) is { } old && old.Subscription.CreatedAt != model.Subscription.CreatedAt) listener.Deleted(model.Id);
                listener.Changed(before.Find(model.Id), model);
            }

            foreach (var id in deleted) listener.Deleted(id);
            return after;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>
    /// Learns of a change that this node has just committed, and lets the others know. The change stands whatever happens here: when the store cannot be read now,
    /// the next publish or sweep learns of it.
    /// </summary>
    public async ValueTask FollowAsync(string subscriptionId, CancellationToken cancellationToken)
    {
        Announce();
        try
        {
            await RefreshAsync(cancellationToken);
        }
        catch (Exception cause)
        {
            if (!cancellationToken.IsCancellationRequested) Log.RefreshFailed(logger, subscriptionId, cause);
        }
    }

    /// <summary>Lets the other nodes know that this one has committed a change.</summary>
    public void Announce() => listener.ChangedHere();

    private static IReadOnlyList<string> FindMissing(SubscriptionIndex before, IReadOnlyList<WebhookSubscription> all)
    {
        if (before.Count == 0) return [];
        var ids = all.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        return [.. before.All.Select(m => m.Id).Where(id => !ids.Contains(id))];
    }
}
