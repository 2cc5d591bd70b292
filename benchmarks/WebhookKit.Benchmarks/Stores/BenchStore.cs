using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Stores;

/// <summary>A store to measure the engine with, and what is asked of it.</summary>
/// <param name="Name">What it is called in the report.</param>
/// <param name="Publishers">How many publish at once: a durable store lets many share a commit.</param>
/// <param name="LeastRatio">The least part of the plain loop's rate.</param>
/// <param name="MostBytes">The most times the plain loop's bytes allocated; null where none is set.</param>
internal abstract record BenchStore(string Name, int Publishers, double LeastRatio, double? MostBytes) : IAsyncDisposable
{
    /// <summary>Whether what is pending is counted by asking the store, which costs next to nothing in memory, or by an observer.</summary>
    public virtual bool CountsItself => false;

    /// <summary>The processes of the database, where it is one of its own on this machine.</summary>
    public virtual ProcessTree? Database => null;

    /// <summary>Starts what else could be done on the same database. Disposed with the store.</summary>
    public virtual Task<IReadOnlyList<Rival>> StartRivalsAsync(Uri[] urls, int concurrency, int requests) => Task.FromResult<IReadOnlyList<Rival>>([]);

    /// <summary>Makes an empty one of the same kind. Disposed before this one, on whose server it may be.</summary>
    public abstract Task<BenchStore> CreateAnotherAsync();

    /// <summary>Removes what has been delivered, where that is part of how it is measured. Nothing is pending.</summary>
    public virtual Task RemoveHistoryAsync() => Task.CompletedTask;

    /// <summary>Sets it up in a host.</summary>
    public abstract void Configure(IWebhooksBuilder webhooks);

    public abstract ValueTask DisposeAsync();

    public static async Task<BenchStore> CreateAsync(Settings settings) => settings.Text("store", "memory") switch
    {
        "memory" => new MemoryStore(),
        "sqlite" => new SqliteStore { Publishers = settings.Get("publishers", 512) },
        "postgres" => await PostgresStore.CreateAsync(settings.Get("publishers", 512)),
        var other => throw new FormatException($"There is no store '{other}'. Use memory, sqlite or postgres."),
    };

    public static string NameOf(Settings settings) => settings.Text("store", "memory") switch
    {
        "memory" => "in memory",
        "sqlite" => "on SQLite",
        _ => "on PostgreSQL",
    };

    /// <summary>SQLite on a file that is there before and afterwards.</summary>
    public static BenchStore OnFile(string file) => new SqliteStore(file);

    /// <summary>In memory with room for a large backlog, which is not to be counted.</summary>
    public static BenchStore InMemory(int maxPending) => new MemoryStore(maxPending);

    private sealed record MemoryStore(int? MaxPending = null) : BenchStore("in memory", Publishers: 8, LeastRatio: 0.85, MostBytes: 2.0)
    {
        public override bool CountsItself => MaxPending is null;

        public override Task<BenchStore> CreateAnotherAsync() => Task.FromResult<BenchStore>(new MemoryStore(MaxPending));

        public override void Configure(IWebhooksBuilder webhooks)
        {
            // It is the default.
            if (MaxPending is { } most) webhooks.Services.Configure<InMemoryStoreOptions>(o => o.MaxPending = most);
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed record SqliteStore(string? File = null) : BenchStore("on SQLite", Publishers: 512, LeastRatio: 0.60, MostBytes: null)
    {
        private readonly TempFolder _folder = new();

        public override Task<BenchStore> CreateAnotherAsync() => Task.FromResult<BenchStore>(new SqliteStore { Publishers = Publishers });

        public override void Configure(IWebhooksBuilder webhooks) => webhooks.UseSqlite($"Data Source={File ?? _folder.PathOf("webhooks.db")}");

        public override ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
