using SQLitePCL;
using WebhookKit.Sqlite.Connections;

namespace WebhookKit.AspNetCore.Tests.Scale;

/// <summary>What the statements of a connection have done: how SQLite went about each, and how many steps it took.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Plan">Its plan, one line a table.</param>
/// <param name="Steps">Steps of SQLite's machine: some tens for each row that is looked at.</param>
/// <param name="FullScanSteps">Rows that were gone through without an index.</param>
internal sealed record Work(string Sql, string Plan, int Steps, int FullScanSteps)
{
    private const int FullScanStep = 1;
    private const int VmStep = 4;

    /// <summary>Runs something on a fresh connection, and says what it did.</summary>
    public static List<Work> Of(LargeFile file, Action<SqliteSession> run)
    {
        using var session = file.Open();
        run(session);
        List<(sqlite3_stmt Statement, string Sql, int Steps, int FullScanSteps)> done = [];
        for (var statement = raw.sqlite3_next_stmt(file.Database!, null!); statement is not null && !statement.IsInvalid; statement = raw.sqlite3_next_stmt(file.Database!, statement))
        {
            done.Add((statement, raw.sqlite3_sql(statement).utf8_to_string(), raw.sqlite3_stmt_status(statement, VmStep, 0), raw.sqlite3_stmt_status(statement, FullScanStep, 0)));
        }

        return [.. done.Where(d => d.Sql.Contains("webhook_", StringComparison.Ordinal)).Select(d => new Work(d.Sql, Explain(session, d.Sql), d.Steps, d.FullScanSteps))];
    }

    private static string Explain(SqliteSession session, string sql)
    {
        using var plan = session.Use($"EXPLAIN QUERY PLAN {sql}");
        List<string> lines = [];
        while (plan.Step()) lines.Add(plan.Text(3));
        return string.Join(Environment.NewLine, lines);
    }
}
