using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>A table in which changes fail.</summary>
internal static class BrokenTable
{
    /// <summary>Lets every change of a table fail.</summary>
    public static Task BreakAsync(PostgresSchema schema, string table) => RefuseAsync(schema, table, "RAISE EXCEPTION 'no room'");

    /// <summary>Lets the first change of a table fail, as if the server had ended one of two transactions that wait for each other.</summary>
    public static Task BreakOnceAsync(PostgresSchema schema, string table) => RefuseAsync(
        schema, table, $"IF nextval('{schema.Name}.refused') = 1 THEN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END IF; RETURN NEW");

    private static Task RefuseAsync(PostgresSchema schema, string table, string statements) => PostgresSql.ExecuteAsync(schema.ConnectionString, $"""
        CREATE SEQUENCE {schema.Name}.refused;
        CREATE FUNCTION {schema.Name}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statements}; END $$;
        CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {schema.Name}.{table} FOR EACH ROW EXECUTE FUNCTION {schema.Name}.refuse()
        """);
}
