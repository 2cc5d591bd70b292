using System.Diagnostics;

namespace WebhookKit.Simulation.Running;

/// <summary>Runs many seeds, on all processors. Each run keeps to one thread.</summary>
internal static class ManyRuns
{
    /// <param name="from">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="most">Ends early once so many have broken a rule.</param>
    public static (int Seeds, long Requests, int Broken, TimeSpan Took) Run(int from, int count, int most)
    {
        var began = Stopwatch.GetTimestamp();
        var next = from - 1;
        var done = 0;
        var broken = 0;
        var requests = 0L;
        Thread[] threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return (done, requests, broken, Stopwatch.GetElapsedTime(began));

        void Work()
        {
            while (Volatile.Read(ref broken) < most && Interlocked.Increment(ref next) is var seed && seed < from + count)
            {
                var run = SimRun.Run(seed);
                Interlocked.Increment(ref done);
                Interlocked.Add(ref requests, run.Requests);
                if (run.Fault is null) continue;
                Interlocked.Increment(ref broken);
                Console.WriteLine($"seed {seed}: {run.Fault}");
            }
        }
    }
}
