using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace WebhookKit.Tests.Postgres;

/// <summary>A PostgreSQL server to test with: the one that a variable names, or one of its own, which is gone afterwards.</summary>
internal sealed class PostgresServer : IAsyncDisposable, IDisposable
{
    /// <summary>The variable with the connection string of a role that may create databases.</summary>
    public const string Variable = "WEBHOOKKIT_TEST_POSTGRES";

    private const string Superuser = "postgres";
    private const int Attempts = 5;

    private readonly PostgresSupervisor? _supervisor;

    private PostgresServer(string connectionString, string? folder, PostgresSupervisor? supervisor) =>
        (ConnectionString, Folder, _supervisor) = (connectionString, folder, supervisor);

    /// <summary>Connects to a database that is always there, as somebody who may create others.</summary>
    public string ConnectionString { get; }

    /// <summary>Where an own server keeps everything, its socket included; null for one that a variable names.</summary>
    public string? Folder { get; }

    /// <summary>Why there is no server of its own to be had, as a sentence; null where there is.</summary>
    public static string? WhyNoOwn { get; } =
        OperatingSystem.IsWindows() ? "No PostgreSQL is started on Windows." :
        PostgresBinaries.Folder is null ? "PostgreSQL is not installed (Debian: apt-get install postgresql)." :
        Environment.IsPrivilegedProcess && PostgresUser.Other is null ? "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody'." :
        null;

    /// <summary>Why there is no server to be had at all; null where there is.</summary>
    public static string? WhyNot => WhyNoOwn is { } why && Named is null ? $"{why} Or set {Variable} to the connection string of a server." : null;

    private static string? Named => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value ? value : null;

    /// <summary>The one that the variable names; an own one where it names none.</summary>
    public static Task<PostgresServer> FindOrStartAsync(PostgresOptions? options = null) =>
        Named is { } named ? Task.FromResult(new PostgresServer(named, null, null)) : StartAsync(options);

    /// <summary>Starts an own one, whatever the variable says: it can be stopped, and its settings are known.</summary>
    /// <exception cref="InvalidOperationException">It cannot be: the message says why.</exception>
    public static async Task<PostgresServer> StartAsync(PostgresOptions? options = null)
    {
        if (WhyNoOwn is { } why) throw new InvalidOperationException(why);
        options ??= new PostgresOptions();
        var folder = Directory.CreateTempSubdirectory("webhookkit-pg-").FullName;
        var supervisor = default(PostgresSupervisor);
        try
        {
            await PostgresFiles.CreateAsync(folder, Superuser, options);
            supervisor = PostgresSupervisor.Start(folder);
            var port = await StartOnFreePortAsync(supervisor, folder);
            return new PostgresServer(ConnectionStringFor(port, options.Password), folder, supervisor);
        }
        catch
        {
            if (supervisor is not null) await supervisor.DisposeAsync();
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Stops it as a crash would.</summary>
    public Task StopAsync() => Own.StopServerAsync();

    /// <summary>Starts it again, on the same port.</summary>
    public Task RestartAsync() => Own.StartServerAsync();

    /// <summary>The process of an own one that is running; its children are one for each connection, and a few more.</summary>
    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(Folder!, "data", "postmaster.pid")).First(), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The process that watches over an own one, and ends last.</summary>
    public int SupervisorId => Own.ProcessId;

    /// <summary>Ends an own one and removes its files.</summary>
    public ValueTask DisposeAsync() => _supervisor?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The same, where nothing can be awaited any more.</summary>
    public void Dispose() => _supervisor?.Dispose();

    private PostgresSupervisor Own => _supervisor ?? throw new InvalidOperationException($"The server that {Variable} names is not ours to stop.");

    private static async Task<int> StartOnFreePortAsync(PostgresSupervisor supervisor, string folder)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            try
            {
                await PostgresFiles.SetPortAsync(folder, port);
                await supervisor.StartServerAsync();
                return port;
            }
            catch (InvalidOperationException fault) when (attempt < Attempts && fault.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
                // Somebody else has taken the port in between.
            }
        }
    }

    /// <summary>Below the ports that connections are given, so that none of these takes it while the server is stopped.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // The next one, then.
            }
        }
    }

    private static string ConnectionStringFor(int port, string? password) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = Superuser,
        Password = password,
        Database = "postgres",
    }.ConnectionString;
}
