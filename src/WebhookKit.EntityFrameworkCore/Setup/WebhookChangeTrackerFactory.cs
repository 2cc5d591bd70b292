#pragma warning disable EF1001 // As in WebhookChangeTracker.

using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.ChangeTracking.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using WebhookKit.EntityFrameworkCore.Saving;

namespace WebhookKit.EntityFrameworkCore.Setup;

/// <summary>Makes the tracker of a context.</summary>
internal sealed class WebhookChangeTrackerFactory(
    ICurrentDbContext current, IStateManager stateManager, IChangeDetector changeDetector, IModel model, IEntityEntryGraphIterator graphIterator, PendingWebhooks pending)
    : IChangeTrackerFactory
{
    public ChangeTracker Create() => new WebhookChangeTracker(current, stateManager, changeDetector, model, graphIterator, pending);
}
