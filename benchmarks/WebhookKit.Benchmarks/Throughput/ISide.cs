namespace WebhookKit.Benchmarks.Throughput;

/// <summary>One of two ways to send the same requests.</summary>
internal interface ISide
{
    /// <summary>Sends so many requests and returns when the last is answered.</summary>
    Task SendAsync(int requests);
}
