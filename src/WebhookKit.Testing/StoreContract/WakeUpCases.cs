namespace WebhookKit.Testing;

/// <summary>What a store that is an <see cref="IWakeUpChannel"/> too does for its nodes. Others need not do anything, and pass.</summary>
internal static class WakeUpCases
{
    private const string Group = "wake-up";

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Listen_Begun_IsToldToLookAtEverything),
        StoreContractCase.Of(Group, Wake_SeveralListen_ReachesEachOfThem),
        StoreContractCase.Of(Group, Wake_Everything_ArrivesAsThat),
        StoreContractCase.Of(Group, Wake_ManyLongIds_ArriveOrEverythingDoes),
        StoreContractCase.Of(Group, Wake_ManyAtOnce_AllArrive),
        StoreContractCase.Of(Group, Wake_NobodyListens_DoesNothing),
        StoreContractCase.Of(Group, Wake_TokenCanceledAlready_Throws),
        StoreContractCase.Of(Group, Listen_TokenCanceledAlready_ThrowsAndTellsNothing),
        StoreContractCase.Of(Group, Listen_Canceled_EndsAndTheOthersGoOn),
    ];

    private static async Task Listen_Begun_IsToldToLookAtEverything(StoreDriver d)
    {
        if (d.Store is not IWakeUpChannel channel) return;
        await using var listener = await WakeUpListener.StartAsync(channel);
        Expect.True(listener.First is null or { IsEverything: true }, "the first message says that everything may have happened");
    }

    private static async Task Wake_SeveralListen_ReachesEachOfThem(StoreDriver d)
    {
        if (d.Store is not IWakeUpChannel channel) return;
        await using var one = await WakeUpListener.StartAsync(channel);
        await using var other = await WakeUpListener.StartAsync(channel);

        await channel.WakeAsync(new WakeUp { SubscriptionIds = ["sub_1", "-A_b-9"], RereadIds = ["sub_2"] }, default);
        await channel.WakeAsync(new WakeUp { SubscriptionsChanged = true }, default);

        foreach (var listener in new[] { one, other })
        {
            await listener.UntilAsync(heard => heard.Due.IsSupersetOf(["sub_1", "-A_b-9"]) && heard.Reread.Contains("sub_2") && heard.Changed);
            if (listener.IsOn) Expect.Equal("-A_b-9,sub_1 sub_2", listener.Show(), "what was heard, and nothing else");
        }
    }

    private static async Task Wake_Everything_ArrivesAsThat(StoreDriver d)
    {
        if (d.Store is not IWakeUpChannel channel) return;
        await using var listener = await WakeUpListener.StartAsync(channel);
        var before = listener.Everythings;
        await channel.WakeAsync(WakeUp.Everything, default);
        await listener.UntilAsync(heard => heard.Everythings > before);
    }

    private static async Task Wake_ManyLongIds_ArriveOrEverythingDoes(StoreDriver d)
    {
        if (d.Store is not IWakeUpChannel channel) return;
        await using var listener = await WakeUpListener.StartAsync(channel);
        string[] ids = [.. Enumerable.Range(0, 500).Select(i => $"{i:D64}")];
        var before = listener.Everythings;

        await channel.WakeAsync(new WakeUp { SubscriptionIds = ids, RereadIds = ids }, default);

        await listener.UntilAsync(heard => heard.Everythings > before || (heard.Due.SetEquals(ids) && heard.Reread.SetEquals(ids)));
    }

    private static async Task Wake_ManyAtOnce_AllArrive(StoreDriver d)
    {
        if (d.Store is not IWakeUpChannel channel) return;
        await using var listener = await WakeUpListener.StartAsync(channel);
        string[] ids = [.. Enumerable.Range(0, 50).Select(i => $"s{i}")];
        var before = listener.Everythings;

        await Task.WhenAll(ids.Select(id => channel.WakeAsync(new WakeUp { SubscriptionIds = [id] }, default).AsTask()));

        await listener.UntilAsync(heard => heard.Everythings > before || heard.Due.SetEquals(ids));
    }

    private static async Task Wake_NobodyListens_DoesNothing(StoreDriver d)
    {
        if (d.Store is IWakeUpChannel channel) await channel.WakeAsync(new WakeUp { SubscriptionIds = ["sub_1"], SubscriptionsChanged = true }, default);
    }

    private static async Task Wake_TokenCanceledAlready_Throws(StoreDriver d)
    {
        if (d.Store is not IWakeUpChannel channel) return;
        await Expect.ThrowsAsync<OperationCanceledException>(async () => await channel.WakeAsync(WakeUp.Everything, new CancellationToken(canceled: true)));
    }

    private static async Task Listen_TokenCanceledAlready_ThrowsAndTellsNothing(StoreDriver d)
    {
        if (d.Store is not IWakeUpChannel channel) return;
        var told = 0;
        await Expect.ThrowsAsync<OperationCanceledException>(() => channel.ListenAsync(_ => told++, new CancellationToken(canceled: true)));
        Expect.Equal(0, told);
    }

    private static async Task Listen_Canceled_EndsAndTheOthersGoOn(StoreDriver d)
    {
        if (d.Store is not IWakeUpChannel channel) return;
        await using var stays = await WakeUpListener.StartAsync(channel);
        var leaves = await WakeUpListener.StartAsync(channel);

        // Waits until listening has ended.
        await leaves.DisposeAsync();
        await channel.WakeAsync(new WakeUp { SubscriptionIds = ["sub_1"] }, default);

        await stays.UntilAsync(heard => heard.Due.Contains("sub_1"));
        Expect.False(leaves.Due.Contains("sub_1"), "a listener is told nothing after it was canceled");
    }
}
