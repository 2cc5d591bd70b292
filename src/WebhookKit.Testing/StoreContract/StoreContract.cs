namespace WebhookKit.Testing;

/// <summary>
/// What every <see cref="IWebhookStore"/> must do, as cases that a test project runs against its store. No test framework is needed: a case
/// that fails throws.
/// </summary>
public static class StoreContract
{
    /// <summary>All cases. Each is independent of the others, and may run beside them on another store.</summary>
    public static IReadOnlyList<StoreContractCase> Cases { get; } =
    [
        .. PublishCases.All,
        .. OwnershipCases.All,
        .. ReadingCases.All,
        .. SettlingCases.All,
        .. SubscriptionCases.All,
        .. HistoryCases.All,
        .. RetentionCases.All,
        .. StatisticsCases.All,
        .. CancellationCases.All,
        .. WakeUpCases.All,
        .. ScaleCases.All,
    ];
}
