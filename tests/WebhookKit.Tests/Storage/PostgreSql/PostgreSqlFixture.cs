using NUnit.Framework;
using WebhookKit.PostgreSql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>Gives each test a schema of its own in a database that all share.</summary>
internal abstract class PostgreSqlFixture
{
    private PostgresSchema? _schema;

    protected PostgresSchema Schema => _schema!;

    [SetUp]
    public async Task CreateSchemaAsync() => _schema = await PostgresTests.CreateSchemaAsync();

    [TearDown]
    public async Task DropSchemaAsync() => await (_schema?.DisposeAsync() ?? default);

    protected PostgreSqlWebhookStore CreateStore(Action<PostgreSqlStoreOptions>? configure = null)
    {
        var options = new PostgreSqlStoreOptions { ConnectionString = Schema.ConnectionString, Schema = Schema.Name };
        configure?.Invoke(options);
        return new PostgreSqlWebhookStore(options, TimeProvider.System);
    }

    protected Task ExecuteAsync(string sql) => PostgresSql.ExecuteAsync(Schema.ConnectionString, sql);

    protected Task<T> ScalarAsync<T>(string sql) => PostgresSql.ScalarAsync<T>(Schema.ConnectionString, sql);
}
