namespace WebhookKit.Tests.Sending;

/// <summary>A body that gives some bytes at each read, hangs until the read is canceled (null), or throws.</summary>
internal sealed class BodyStream(Func<int, int?> bytesOfRead) : Stream
{
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reads;

    /// <summary>Completes when a read hangs.</summary>
    public Task Hangs => _hangs.Task;

    public int BytesAsked { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (bytesOfRead(_reads++) is not { } bytes)
        {
            _hangs.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }

        var given = Math.Min(bytes, buffer.Length);
        buffer.Span[..given].Fill((byte)'x');
        BytesAsked += given;
        return given;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The sender reads asynchronously.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
