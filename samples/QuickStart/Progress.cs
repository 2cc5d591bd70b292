namespace QuickStart;

/// <summary>Shows on standard error how far it has got: one line that is rewritten, or a line a second when redirected.</summary>
internal sealed class Progress : IAsyncDisposable
{
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private readonly IReadOnlyList<Endpoint> _endpoints;
    private readonly PeriodicTimer _timer;
    private readonly Lock _lock = new();
    private readonly Task _loop;
    private string _shown = "";

    public Progress(IReadOnlyList<Endpoint> endpoints)
    {
        _endpoints = endpoints;
        _timer = new PeriodicTimer(_isTerminal ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(1));
        _loop = RunAsync();
    }

    public int Published { get; set; }

    /// <summary>Prints a message of its own line.</summary>
    public void Say(string message)
    {
        lock (_lock)
        {
            Clear();
            Console.Error.WriteLine(message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _loop;
        if (Published == 0 && _endpoints.All(endpoint => endpoint.Requests == 0)) return;
        Show();
        if (_isTerminal) Console.Error.WriteLine();
    }

    private async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync()) Show();
    }

    private void Show()
    {
        var text = $"published {Published}, requests {_endpoints.Sum(endpoint => endpoint.Requests)}, verified deliveries {_endpoints.Sum(endpoint => endpoint.Accepted.Count)}";
        lock (_lock)
        {
            if (text == _shown) return;
            Clear();
            if (_isTerminal) Console.Error.Write(text);
            else Console.Error.WriteLine(text);
            _shown = text;
        }
    }

    private void Clear()
    {
        if (_isTerminal && _shown.Length > 0) Console.Error.Write($"\r{new string(' ', _shown.Length)}\r");
        _shown = "";
    }
}
