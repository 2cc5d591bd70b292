using System.Net.Sockets;
using Npgsql;

namespace WebhookKit.PostgreSql.Connections;

/// <summary>Says what is wrong with the database, and what to do.</summary>
internal sealed class StoreFaults
{
    private static readonly (string Fault, string Fix) ReadOnly = (
        "is read-only: it is a standby, perhaps after a fail-over",
        "Connect to the primary; with several hosts, add \"Target Session Attributes=read-write\" to the connection string.");

    /// <summary>The server has ended a connection that nobody used (<c>idle_session_timeout</c>): who takes it from the pool hears of it only then.</summary>
    private const string IdleSessionTimeout = "57P05";

    private readonly string _server;
    private readonly string _database;
    private readonly string _user;
    private readonly string _schema;

    public StoreFaults(string connectionString, string schema)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        _server = string.Join(',', (parts.Host ?? "").Split(',').Select(host => HasPort(host.Trim()) ? host.Trim() : $"{host.Trim()}:{parts.Port}"));
        _database = parts.Database ?? parts.Username ?? "";
        _user = parts.Username ?? Environment.UserName;
        _schema = schema;
    }

    public string Place => $"the webhook database '{_database}' on {_server}";

    /// <summary>Whether an exception comes from the server or the way to it, not from a fault of this library.</summary>
    public static bool IsOfServer(Exception cause) => cause is NpgsqlException or SocketException or TimeoutException or IOException;

    /// <summary>Whether the server has gone, or is not (any more) the one to write to, so that trying again may help.</summary>
    public static bool IsAway(Exception cause) => cause switch
    {
        PostgresException { SqlState: var state } => state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.TooManyConnections or IdleSessionTimeout
            || state.StartsWith("08", StringComparison.Ordinal),
        WebhookStoreException { InnerException: { } inner } => IsAway(inner),
        _ => IsOfServer(cause),
    };

    public WebhookStoreException Explain(Exception cause)
    {
        var (fault, fix) = cause is PostgresException answer ? Explain(answer) : ExplainConnection(cause);
        return new WebhookStoreException(Sentence(fault, fix), cause) { IsHeldUp = cause is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } };
    }

    public WebhookStoreException Refuse(string fault, string fix) => new(Sentence(fault, fix));

    public WebhookStoreException RefuseReadOnly() => Refuse(ReadOnly.Fault, ReadOnly.Fix);

    private string Sentence(string fault, string fix) => $"T{Place[1..]} {fault}. {fix}";

    private (string Fault, string Fix) Explain(PostgresException answer) => answer.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => (
            $"does not let the user '{_user}' in ({answer.MessageText})",
            "Correct the user name and the password in UsePostgreSql(…), or pg_hba.conf on the server."),
        PostgresErrorCodes.InvalidCatalogName => ("does not exist", $"Create it (CREATE DATABASE \"{_database}\"), or name another one in UsePostgreSql(…)."),
        PostgresErrorCodes.InsufficientPrivilege => (
            $"does not give the user '{_user}' the rights that it needs ({answer.MessageText})",
            $"Let an administrator grant the user USAGE on the schema \"{_schema}\", SELECT, INSERT, UPDATE, DELETE on its tables and USAGE on its sequence; or, where the tables are still to be made or migrated, let one run what PostgreSqlSchema.CreateScript gives."),
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => (
            $"has no tables for webhooks in the schema '{_schema}' ({answer.MessageText})",
            "Let the start make them (PostgreSqlStoreOptions.Migrate), or let an administrator run what PostgreSqlSchema.CreateScript gives."),
        PostgresErrorCodes.ReadOnlySqlTransaction => ReadOnly,
        PostgresErrorCodes.TooManyConnections => ("has no connection left", "Raise max_connections, lower Maximum Pool Size in the connection strings, or put a pooler in front."),
        PostgresErrorCodes.DiskFull => ("cannot grow: its disk is full", "Make room: what is stored stays, and what is pending goes on then."),
        PostgresErrorCodes.QueryCanceled => ("took too long and was stopped", "Raise PostgreSqlStoreOptions.CommandTimeout or the server's statement_timeout, or see what slows the server down."),
        PostgresErrorCodes.LockNotAvailable => (
            "has something locked that was to be written",
            "End the transaction that holds the lock: one that has published an event of the same id, say, or that changes the tables."),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => (
            $"is being stopped or started ({answer.MessageText})", "Wait until it is up again: what is stored stays, and what is pending goes on then."),
        _ => ($"answered with error {answer.SqlState} ({answer.MessageText})", "Look it up among PostgreSQL's error codes, and in the server's log. What the statement was to change stays as it was."),
    };

    private static (string Fault, string Fix) ExplainConnection(Exception cause) => cause is { InnerException: TimeoutException } or TimeoutException
        ? ("did not answer in time", "Is the server up and reachable, and are there connections left in the pool (Maximum Pool Size)?")
        : ($"cannot be reached ({Words(cause)})", "Start the server, or correct Host and Port in UsePostgreSql(…).");

    /// <summary>One of several hosts can have a port of its own. Colons are part of an IPv6 address, which stands in brackets if a port follows.</summary>
    private static bool HasPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon >= 0 && (host.IndexOf(':', StringComparison.Ordinal) == colon || host[colon - 1] == ']');
    }

    /// <summary>The text of what lies at the bottom, without the address, which is named already.</summary>
    private static string Words(Exception cause)
    {
        while (cause.InnerException is { } inner) cause = inner;
        return cause.Message.TrimEnd('.');
    }
}
