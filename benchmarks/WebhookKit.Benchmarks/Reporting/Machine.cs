using System.Globalization;
using System.Runtime.InteropServices;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Reporting;

/// <summary>What the figures were measured on. No name of a machine or a person.</summary>
internal static class Machine
{
    /// <summary>Its facts by their names.</summary>
    /// <param name="withPostgres">Whether PostgreSQL is measured with.</param>
    public static async Task<IReadOnlyList<(string Name, string Value)>> DescribeAsync(bool withPostgres) =>
    [
        ("Processor", FindProcessor()),
        ("Cores", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
        ("Memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30):0.0} GiB")),
        ("System", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"),
        (".NET", Environment.Version.ToString()),
        ("SQLite", FindSqlite()),
        ("PostgreSQL", withPostgres ? await FindPostgresAsync() : "none"),
    ];

    private static string FindProcessor()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string FindSqlite()
    {
        SQLitePCL.Batteries_V2.Init();
        return SQLitePCL.raw.sqlite3_libversion().utf8_to_string() + ", synchronous=FULL";
    }

    private static async Task<string> FindPostgresAsync()
    {
        await using var server = await BenchServer.FindOrStartAsync();
        var version = await PostgresSql.ScalarAsync<string>(server.ConnectionString, "SHOW server_version");
        return $"{version}, on the same machine, synchronous_commit={await PostgresSql.ScalarAsync<string>(server.ConnectionString, "SHOW synchronous_commit")}";
    }
}
