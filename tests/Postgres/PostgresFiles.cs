using System.Diagnostics;
using System.Globalization;

namespace WebhookKit.Tests.Postgres;

/// <summary>The files of a private server: the cluster in <c>data</c>, its log in <c>log</c>, and its socket beside them.</summary>
internal static class PostgresFiles
{
    /// <summary>Fills the folder.</summary>
    public static async Task CreateAsync(string folder, string superuser, PostgresOptions options)
    {
        var passwordFile = Path.Combine(folder, "password");
        if (options.Password is { } password) await File.WriteAllTextAsync(passwordFile, password);
        if (PostgresUser.Other is { } other) await RunAsync(folder, "chown", "-R", $"{other.User}:{other.Group}", folder);

        string[] authentication = options.Password is null ? ["--auth=trust"] : ["--auth=scram-sha-256", "--pwfile=" + passwordFile];
        await RunAsync(folder, PostgresUser.CommandLine(
        [
            PostgresBinaries.PathOf("initdb"), "--pgdata=" + Path.Combine(folder, "data"), "--username=" + superuser,
            "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions", .. authentication,
        ]));
        await File.AppendAllLinesAsync(Path.Combine(folder, "data", "postgresql.conf"), SettingsFor(folder, options).Select(s => $"{s.Key} = '{s.Value}'"));
    }

    public static Task SetPortAsync(string folder, int port) =>
        File.AppendAllTextAsync(Path.Combine(folder, "data", "postgresql.conf"), string.Create(CultureInfo.InvariantCulture, $"port = {port}\n"));

    /// <summary>The last of two settings for the same thing counts.</summary>
    private static IEnumerable<KeyValuePair<string, string>> SettingsFor(string folder, PostgresOptions options)
    {
        yield return new("listen_addresses", "127.0.0.1");
        yield return new("unix_socket_directories", folder);
        yield return new("max_connections", "200");
        yield return new("fsync", options.Fsync ? "on" : "off");
        if (PostgresBinaries.HasModule("pg_stat_statements")) yield return new("shared_preload_libraries", "pg_stat_statements");
        foreach (var setting in options.Settings) yield return setting;
    }

    private static async Task RunAsync(string folder, params string[] commandLine)
    {
        using var process = Process.Start(new ProcessStartInfo(commandLine[0], commandLine[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', commandLine)} ended with {process.ExitCode}:\n{await output}{await errors}");
    }
}
