using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Postgres;

/// <summary>PgBouncer in transaction mode in front of a server, with fewer connections than its clients have.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    /// <summary>How many connections it has to the server.</summary>
    public const int Connections = 3;

    private const string Binary = "/usr/sbin/pgbouncer";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private PgBouncer(Process process, DirectoryInfo folder, string connectionString) => (_process, _folder, ConnectionString) = (process, folder, connectionString);

    public string ConnectionString { get; }

    public static async Task<PgBouncer> StartAsync(PostgresServer server)
    {
        if (!File.Exists(Binary))
        {
            const string reason = "PgBouncer is not installed (Debian: apt-get install pgbouncer).";
            if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 }) Assert.Fail(reason);
            Assert.Ignore(reason);
        }

        var target = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        var folder = Directory.CreateTempSubdirectory("webhookkit-pgbouncer-");
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "users.txt"), $"\"{target.Username}\" \"\"\n");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "pgbouncer.ini"), $"""
            [databases]
            * = host={target.Host} port={target.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = {Connections}
            """.Replace("* =", $"{target.Database} = user={target.Username} dbname={target.Database}", StringComparison.Ordinal));

        // It does not run as root either.
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--pdeathsig=KILL", Binary, Path.Combine(folder.FullName, "pgbouncer.ini")])
            : new ProcessStartInfo(Binary, [Path.Combine(folder.FullName, "pgbouncer.ini")]);
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        var pooler = new PgBouncer(process, folder, $"Host=127.0.0.1;Port={port};Username={target.Username};Database={target.Database}");
        await pooler.WhenReadyAsync();
        return pooler;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>It says on its error output when it listens.</summary>
    private async Task WhenReadyAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (!line.Contains("process up", StringComparison.Ordinal)) continue;
            _ = _process.StandardError.ReadToEndAsync();
            return;
        }

        throw new InvalidOperationException("PgBouncer has ended at its start.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
