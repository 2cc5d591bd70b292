using NUnit.Framework;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>The tables are made once, by the start or by an administrator.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlSchemaTests : PostgreSqlFixture
{
    [Test]
    public async Task CreateScript_Run_MakesWhatTheStartMakes()
    {
        await using (var store = CreateStore()) await store.InitializeAsync(default);
        await using var other = await SharedPostgres.CreateSchemaAsync();
        await ExecuteAsync(PostgreSqlSchema.CreateScript(other.Name));

        Assert.That(await DescribeAsync(other.Name), Is.EqualTo(await DescribeAsync(Schema.Name)));
    }

    [Test]
    public async Task CreateScript_RunByAnAdministrator_IsAllThatAStoreNeeds()
    {
        await ExecuteAsync(PostgreSqlSchema.CreateScript(Schema.Name, partitionCount: 8));
        var role = $"role_{Guid.NewGuid():N}";
        await ExecuteAsync($"""
            CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {Schema.Name} TO {role};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {Schema.Name} TO {role}; GRANT USAGE ON ALL SEQUENCES IN SCHEMA {Schema.Name} TO {role}
            """);
        try
        {
            await using var store = CreateStore(o => (o.ConnectionString, o.Migrate) = ($"{Schema.ConnectionString};Username={role}", false));
            await store.InitializeAsync(default);
            await store.PublishAsync([new StoreWrites().Write("e")], null, default);

            Assert.That(store.PartitionCount, Is.EqualTo(8));
            Assert.That(await store.GetEventAsync(null, "e", default), Is.Not.Null);
        }
        finally
        {
            await ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Test]
    public void CreateScript_NoSuchVersionOrSchema_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PostgreSqlSchema.CreateScript(fromVersion: PostgreSqlSchema.Version + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PostgreSqlSchema.CreateScript(partitionCount: 0));
        Assert.Throws<ArgumentException>(() => PostgreSqlSchema.CreateScript("a\"; DROP TABLE x; --"));
    }

    /// <summary>The server cut the name off when it made the schema, and the next start looked for the whole of it.</summary>
    [Test]
    public void CreateScript_NameOfMoreThan63Bytes_Throws()
    {
        var refusal = Assert.Throws<ArgumentException>(() => PostgreSqlSchema.CreateScript(new string('ж', 32)));

        Assert.That(refusal.Message, Does.Contain("Use 1 to 63 bytes in UTF-8"));
        Assert.DoesNotThrow(() => PostgreSqlSchema.CreateScript(new string('ж', 31)));
    }

    [Test]
    public async Task Initialize_ManyAtOnce_MakesTheTablesOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var store = CreateStore();
            await store.InitializeAsync(default);
        }));

        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Schema.Name}.webhook_partition"), Is.EqualTo(64));
    }

    [Test]
    public async Task Initialize_SchemaWithAnOddName_IsUsedAsItIs()
    {
        const string odd = "Web Hooks äöü";
        try
        {
            await using var store = CreateStore(o => o.Schema = odd);
            await store.InitializeAsync(default);
            await store.PublishAsync([new StoreWrites().Write("e")], null, default);

            Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM \"{odd}\".webhook_delivery"), Is.EqualTo(1));
        }
        finally
        {
            await ExecuteAsync($"DROP SCHEMA IF EXISTS \"{odd}\" CASCADE");
        }
    }

    /// <summary>All columns and indexes of a schema, without its name.</summary>
    private async Task<string> DescribeAsync(string schema) => (await ScalarAsync<string>($"""
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (
            SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line FROM information_schema.columns WHERE table_schema = '{schema}'
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = '{schema}'
            UNION ALL SELECT 'version ' || schema_version || ' partitions ' || partition_count FROM {schema}.webhook_info
            UNION ALL SELECT 'partition ' || count(*) FROM {schema}.webhook_partition
        ) d
        """)).Replace(schema, "s", StringComparison.Ordinal);
}
