using System.Data;
using System.Data.Common;
using Moq;

namespace WebhookKit.Tests.Rules;

/// <summary>A host's transaction that <see cref="FaultyStore"/> can join. As with real ones, its connection is gone once it has ended.</summary>
internal sealed class FakeTransaction : DbTransaction
{
    private readonly List<Func<ValueTask<IReadOnlyList<EventWriteResult>>>> _writes = [];
    private DbConnection? _connection = Mock.Of<DbConnection>();
    private bool _isDisposed;

    public override IsolationLevel IsolationLevel => IsolationLevel.Serializable;

    protected override DbConnection? DbConnection
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _connection;
        }
    }

    public void OnCommit(Func<ValueTask<IReadOnlyList<EventWriteResult>>> write) => _writes.Add(write);

    public override async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        foreach (var write in _writes) await write();
        _connection = null;
    }

    public override void Commit() => throw new NotSupportedException("Use CommitAsync.");

    public override void Rollback() => _connection = null;

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        base.Dispose(disposing);
    }
}
