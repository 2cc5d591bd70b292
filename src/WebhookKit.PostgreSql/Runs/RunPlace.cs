namespace WebhookKit.PostgreSql.Runs;

/// <summary>Where a delivery is: the number of its event, and the run's first id.</summary>
/// <remarks>
/// The number alone does not do. A server that has lost what it had committed last (a fail-over to one that had not got it yet) gives numbers a second time, and the
/// process that remembers a delivery of the first run would settle another one of the second.
/// </remarks>
internal readonly record struct RunPlace(long EventSeq, Guid FirstId);
