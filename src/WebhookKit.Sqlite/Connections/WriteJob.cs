namespace WebhookKit.Sqlite.Connections;

/// <summary>Something to be written within the writer's next transaction. Run again from the start when that transaction is rolled back.</summary>
internal abstract class WriteJob
{
    /// <summary>Writes it. Called on the writer's thread.</summary>
    public abstract void Run(WriteTransaction transaction);

    /// <summary>The transaction is committed: lets the caller go on, with the result of the last run.</summary>
    public abstract void Complete();

    /// <summary>Nothing of it is stored.</summary>
    public abstract void Fail(Exception cause);
}

/// <summary>A job with a result.</summary>
/// <param name="write">Writes it.</param>
/// <param name="goesOnAtOnce">Whether the caller goes on within the call that lets it, one after another: only for what is short and never blocks.</param>
/// <param name="cancellationToken">Gives up until its turn comes.</param>
internal sealed class WriteJob<T>(Func<WriteTransaction, T> write, bool goesOnAtOnce, CancellationToken cancellationToken) : WriteJob
{
    private readonly TaskCompletionSource<T> _ended = new(goesOnAtOnce ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private bool _isGivenUp;

    public Task<T> Ended => _ended.Task;

    public override void Run(WriteTransaction transaction)
    {
        // Until its turn comes it can be given up.
        _isGivenUp = cancellationToken.IsCancellationRequested;
        if (!_isGivenUp) _result = write(transaction);
    }

    public override void Complete()
    {
        if (_isGivenUp) _ended.TrySetCanceled(cancellationToken);
        else _ended.TrySetResult(_result!);
    }

    public override void Fail(Exception cause) => _ended.TrySetException(cause);
}
