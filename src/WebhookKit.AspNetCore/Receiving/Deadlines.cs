using System.Collections.Concurrent;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Deadlines of handlers, used again where they were not reached: a timer for each event would cost more than all else.</summary>
/// <param name="timeout">How long a handler may take.</param>
/// <param name="time">The clock.</param>
/// <param name="abort">Ends all of them.</param>
internal sealed class Deadlines(TimeSpan timeout, TimeProvider time, CancellationToken abort)
{
    private readonly ConcurrentQueue<Deadline> _idle = new();
    private readonly TimeSpan _timeout = timeout;
    private readonly TimeProvider _time = time;
    private readonly CancellationToken _abort = abort;

    public Deadline Start()
    {
        if (!_idle.TryDequeue(out var deadline)) return new Deadline(this);
        deadline.Restart();
        return deadline;
    }

    /// <summary>One handler's deadline; disposing gives it back.</summary>
    internal sealed class Deadline : IDisposable
    {
        private readonly Deadlines _owner;
        private readonly CancellationTokenSource _source;
        private readonly CancellationTokenRegistration _aborting;

        public Deadline(Deadlines owner)
        {
            _owner = owner;
            _source = new CancellationTokenSource(owner._timeout, owner._time);
            _aborting = owner._abort.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        }

        public CancellationToken Token => _source.Token;

        public void Restart() => _source.CancelAfter(_owner._timeout);

        public void Dispose()
        {
            if (_source.TryReset())
            {
                _owner._idle.Enqueue(this);
                return;
            }

            _aborting.Dispose();
            _source.Dispose();
        }
    }
}
