using Quartz;
using Quartz.Spi;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Yardsticks.Scheduler;

/// <summary>One job for all triggers: it keeps nothing of its own.</summary>
internal sealed class SendJobFactory(PlainSender sender) : IJobFactory
{
    private readonly SendJob _job = new(sender);

    public IJob NewJob(TriggerFiredBundle bundle, IScheduler scheduler) => _job;

    public void ReturnJob(IJob job)
    {
        // It is used again.
    }
}
