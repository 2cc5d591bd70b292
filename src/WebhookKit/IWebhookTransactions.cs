using System.Data.Common;

namespace WebhookKit;

/// <summary>
/// Tells the engine that a transaction with events in it (<see cref="PublishOptions.Transaction"/>) has been committed, so that they go out at
/// once. Without being told it looks by itself, many times a second. Safe for use by many threads at once.
/// </summary>
public interface IWebhookTransactions
{
    /// <summary>Says that a transaction has been committed. One that has no events in it is let be.</summary>
    /// <param name="transaction">The transaction.</param>
    void OnCommitted(DbTransaction transaction);
}
