using Microsoft.EntityFrameworkCore;

namespace WebhookKit.EntityFrameworkCore.Saving;

/// <summary>What an entity looks like in the database, before EF Core tells the entity itself of what was generated there.</summary>
internal static class SavedCopy
{
    public static TEntity Of<TEntity>(DbContext context, TEntity entity)
        where TEntity : class =>
        QuietTracker.Read(context, static (tracked, e) => (TEntity)tracked.Entry(e).CurrentValues.ToObject(), entity);
}
