#pragma warning disable EF1001 // Nothing public tells of a cleared tracker. What is used here has kept its shape since EF Core 5.

using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.ChangeTracking.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using WebhookKit.EntityFrameworkCore.Saving;

namespace WebhookKit.EntityFrameworkCore.Setup;

/// <summary>A tracker that forgets events together with the changes that they come from.</summary>
internal sealed class WebhookChangeTracker(
    ICurrentDbContext current, IStateManager stateManager, IChangeDetector changeDetector, IModel model, IEntityEntryGraphIterator graphIterator, PendingWebhooks pending)
    : ChangeTracker(current.Context, stateManager, changeDetector, model, graphIterator)
{
    public override void Clear()
    {
        base.Clear();
        pending.Forget();
    }
}
