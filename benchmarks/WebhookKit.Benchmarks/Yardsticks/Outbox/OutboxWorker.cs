using System.Threading.Channels;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Yardsticks.Outbox;

/// <summary>Claims rows, sends them, so many at once, and notes in batches what became of them.</summary>
internal sealed class OutboxWorker : IAsyncDisposable
{
    private const int Batch = 100;
    private const int MaxCompleted = 1_000;

    /// <summary>Until the next look when there was less than a batch: many small claims cost more than they bring.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly OutboxTable _table;
    private readonly PlainSender _sender = new();
    private readonly Channel<OutboxRow> _claimed = Channel.CreateBounded<OutboxRow>(Batch);
    private readonly Channel<(long Id, bool Sent)> _answered = Channel.CreateUnbounded<(long, bool)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private long _completed;

    public OutboxWorker(OutboxTable table, int concurrency)
    {
        _table = table;
        _running = Task.WhenAll([
            Task.Run(ClaimAsync), .. Enumerable.Range(0, concurrency).Select(_ => Task.Run(SendAsync)), Task.Run(CompleteAsync)]);
    }

    /// <summary>How many requests are sent and noted down.</summary>
    public long Completed => Interlocked.Read(ref _completed);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }

        _stopping.Dispose();
        _sender.Dispose();
    }

    private async Task ClaimAsync()
    {
        while (true)
        {
            var rows = await _table.ClaimAsync(Batch);
            foreach (var row in rows) await _claimed.Writer.WriteAsync(row, _stopping.Token);
            if (rows.Count < Batch) await Task.Delay(Pause, _stopping.Token);
        }
    }

    private async Task SendAsync()
    {
        while (true)
        {
            var row = await _claimed.Reader.ReadAsync(_stopping.Token);
            var sent = true;
            try
            {
                await _sender.SendAsync($"msg_{row.Id}", new Uri(row.Url), row.Payload);
            }
            catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
            {
                sent = false;
            }

            _answered.Writer.TryWrite((row.Id, sent));
        }
    }

    private async Task CompleteAsync()
    {
        List<long> sent = [], failed = [];
        while (await _answered.Reader.WaitToReadAsync(_stopping.Token))
        {
            // What is answered while the last ones are noted down goes together.
            while (sent.Count + failed.Count < MaxCompleted && _answered.Reader.TryRead(out var answer)) (answer.Sent ? sent : failed).Add(answer.Id);
            if (sent.Count > 0) await _table.CompleteAsync([.. sent]);
            if (failed.Count > 0) await _table.RetryAsync([.. failed]);
            Interlocked.Add(ref _completed, sent.Count);
            sent.Clear();
            failed.Clear();
        }
    }
}
