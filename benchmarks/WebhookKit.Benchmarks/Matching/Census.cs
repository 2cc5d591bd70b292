using System.Diagnostics;

namespace WebhookKit.Benchmarks.Matching;

/// <summary>What a process at rest consists of.</summary>
internal readonly record struct Census(int Timers, int Tasks, int Threads, int Lanes, long HeapBytes)
{
    public static Census Take(CountingTimeProvider time, int lanes)
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using var self = Process.GetCurrentProcess();
        return new Census(time.Timers, TaskCensus.Count(), self.Threads.Count, lanes, GC.GetTotalMemory(forceFullCollection: true));
    }
}
