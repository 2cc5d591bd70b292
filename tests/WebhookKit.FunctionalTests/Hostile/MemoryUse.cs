namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>What something did to the memory of the process.</summary>
/// <param name="Allocated">How many bytes were asked for.</param>
/// <param name="Retained">How many more are in use after it than before.</param>
internal sealed record MemoryUse(long Allocated, long Retained)
{
    public static async Task<MemoryUse> OfAsync(Func<Task> action)
    {
        var retained = GC.GetTotalMemory(forceFullCollection: true);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        await action();
        await Task.Yield(); // away from the action's own frames, which hold what it used
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return new MemoryUse(allocated, GC.GetTotalMemory(forceFullCollection: true) - retained);
    }
}
