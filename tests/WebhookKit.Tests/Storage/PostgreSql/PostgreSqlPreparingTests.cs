using Npgsql;
using NUnit.Framework;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>Statements are prepared once for each connection, unless the host says otherwise.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlPreparingTests : PostgreSqlFixture
{
    [TestCase(null, true)]
    [TestCase(true, true)]
    [TestCase(false, false)]
    public async Task PrepareStatements_DirectConnection_DecidesWhetherTheyAre(bool? setting, bool expected)
    {
        // With one connection, the test sees the very session that the store has used.
        await using var source = NpgsqlDataSource.Create($"{Schema.ConnectionString};Maximum Pool Size=1");
        await using var store = CreateStore(o => (o.DataSource, o.PrepareStatements) = (source, setting));
        await store.InitializeAsync(default);
        await store.PublishAsync([new StoreWrites().Write("e")], null, default);

        await using var command = source.CreateCommand($"SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%{Schema.Name}%'");
        Assert.That((long)(await command.ExecuteScalarAsync())!, expected ? Is.Positive : Is.Zero);
    }
}
