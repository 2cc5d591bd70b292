namespace WebhookKit.Sqlite.Connections;

/// <summary>Something to be written within the writer's next transaction. Run again from the start when that transaction is rolled back.</summary>
internal abstract class WriteJob
{
    /// <summary>Writes it. Called on the writer's thread.</summary>
    public abstract void Run(WriteTransaction transaction);

    /// <summary>Whether its caller goes on within <see cref="End"/>, and not elsewhere: only for what is short and waits for nobody.</summary>
    public abstract bool GoesOnAtOnce { get; }

    /// <summary>Lets the caller go on: with the result of the last run, which is committed, or with the reason why nothing is stored.</summary>
    public abstract void End(Exception? cause);
}

/// <summary>A job with a result.</summary>
/// <param name="write">Writes it.</param>
/// <param name="goesOnAtOnce">See <see cref="WriteJob.GoesOnAtOnce"/>.</param>
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

    public override bool GoesOnAtOnce => goesOnAtOnce;

    public override void End(Exception? cause)
    {
        if (cause is not null) _ended.TrySetException(cause);
        else if (_isGivenUp) _ended.TrySetCanceled(cancellationToken);
        else _ended.TrySetResult(_result!);
    }
}
