using System.Text;
using Quartz;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Yardsticks.Scheduler;

/// <summary>Sends one request, the one that its trigger tells.</summary>
internal sealed class SendJob(PlainSender sender) : IJob
{
    public static readonly JobKey Key = new("send");

    private const string Url = "url";
    private const string Body = "body";

    /// <summary>A request to be sent now.</summary>
    public static ITrigger CreateTrigger(string url, string body) => TriggerBuilder.Create()
        .ForJob(Key)
        .UsingJobData(Url, url)
        .UsingJobData(Body, body)
        .StartNow()
        .Build();

    public Task Execute(IJobExecutionContext context)
    {
        var data = context.Trigger.JobDataMap;
        return sender.SendAsync($"msg_{context.Trigger.Key.Name}", new Uri(data.GetString(Url)!), Encoding.UTF8.GetBytes(data.GetString(Body)!));
    }
}
