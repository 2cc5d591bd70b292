namespace WebhookKit.Publishing;

/// <summary>Scopes in which publishing does nothing. They follow the asynchronous flow of the code that began them.</summary>
internal sealed class PublishSuppression
{
    private readonly AsyncLocal<Scope?> _current = new();

    public bool IsActive
    {
        get
        {
            var scope = _current.Value;
            while (scope is { IsEnded: true }) scope = scope.Outer;
            return scope is not null;
        }
    }

    public IDisposable Begin() => _current.Value = new Scope(_current.Value);

    private sealed class Scope(Scope? outer) : IDisposable
    {
        public Scope? Outer => outer;

        public bool IsEnded { get; private set; }

        public void Dispose() => IsEnded = true;
    }
}
