using NUnit.Framework;
using WebhookKit.PostgreSql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Storage.PostgreSql;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlRunTests : RunTests
{
    private PostgresSchema? _schema;

    [SetUp]
    public async Task CreateSchemaAsync() => _schema = await PostgresTests.CreateSchemaAsync();

    [TearDown]
    public async Task DropSchemaAsync() => await (_schema?.DisposeAsync() ?? default);

    protected override IWebhookStore Open(int? maxListSteps) => new PostgreSqlWebhookStore(
        new PostgreSqlStoreOptions { ConnectionString = _schema!.ConnectionString, Schema = _schema.Name },
        TimeProvider.System,
        maxListSteps: maxListSteps ?? PostgreSqlWebhookStore.MaxListSteps);

    protected override Task<long> CountAsync(string table) => PostgresSql.ScalarAsync<long>(_schema!.ConnectionString, $"SELECT count(*) FROM {_schema.Name}.{table}");
}
