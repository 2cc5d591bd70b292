using Microsoft.EntityFrameworkCore;

namespace WebhookKit.EntityFrameworkCore.Saving;

/// <summary>Reads what a context tracks without having it look for changes, which it must not do half-way through saving them.</summary>
internal static class QuietTracker
{
    public static TResult Read<TArgument, TResult>(DbContext context, Func<DbContext, TArgument, TResult> read, TArgument argument)
    {
        var tracker = context.ChangeTracker;
        var detects = tracker.AutoDetectChangesEnabled;
        tracker.AutoDetectChangesEnabled = false;
        try
        {
            return read(context, argument);
        }
        finally
        {
            tracker.AutoDetectChangesEnabled = detects;
        }
    }
}
