using Npgsql;

namespace WebhookKit.PostgreSql.Connections;

/// <summary>A connection in use, perhaps within a transaction.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Transaction">The transaction; <see langword="null"/> when each statement is one of its own.</param>
/// <param name="Schema">Where the tables are.</param>
/// <param name="Prepares">Whether statements are prepared.</param>
/// <param name="Timeout">How long a statement may take, in seconds.</param>
internal sealed record Session(NpgsqlConnection Connection, NpgsqlTransaction? Transaction, SchemaName Schema, bool Prepares, int Timeout)
{
    /// <summary>
    /// What goes ahead of the first statement: a setting for this transaction only. The transaction's own, so that a pooler may stand in between.
    /// </summary>
    public string? Preamble { get; init; }

    private bool _hasBegun;

    /// <summary>The same, whose next statement is a first one again: the last has failed, or was a transaction of its own.</summary>
    public Session Anew() => this with { _hasBegun = false };

    /// <summary>A statement on small tables, or one that anything may be planned for.</summary>
    public Command Use(string statement) => new(this, statement, byIndexes: false);

    /// <summary>A statement on large tables, which has to go by their indexes.</summary>
    public Command UseIndexed(string statement) => new(this, statement, byIndexes: true);

    /// <summary>The preamble, for the first statement.</summary>
    public string? TakePreamble()
    {
        if (_hasBegun) return null;
        _hasBegun = true;
        return Preamble;
    }
}
