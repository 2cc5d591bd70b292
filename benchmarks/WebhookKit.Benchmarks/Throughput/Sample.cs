using System.Diagnostics;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;

namespace WebhookKit.Benchmarks.Throughput;

/// <summary>What one round of one side cost.</summary>
/// <param name="Rate">Requests per second.</param>
/// <param name="Bytes">Bytes allocated per request.</param>
/// <param name="Processor">Processor time per request in microseconds, of the sender's process.</param>
/// <param name="Receiver">The same of the receiver's process.</param>
/// <param name="Database">The same of the database's processes, where there are any.</param>
internal readonly record struct Sample(double Rate, double Bytes, double Processor, double Receiver, double Database)
{
    public static async Task<Sample> TakeAsync(ISide side, ReceiverProcess receiver, int requests, ProcessTree? database = null)
    {
        // Neither side pays for the other's garbage.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var received = receiver.ProcessorTime;
        var stored = database?.ProcessorTime ?? TimeSpan.Zero;
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await side.SendAsync(requests);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new Sample(
            requests / elapsed.TotalSeconds,
            (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)requests,
            (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / requests,
            (receiver.ProcessorTime - received).TotalMicroseconds / requests,
            ((database?.ProcessorTime ?? TimeSpan.Zero) - stored).TotalMicroseconds / requests);
    }
}
