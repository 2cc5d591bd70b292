using Npgsql;
using NUnit.Framework;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>A user who lacks rights is refused at the start, with all the statements that give them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlRightsTests : PostgreSqlFixture
{
    private readonly string _role = $"role_{Guid.NewGuid():N}";

    private string Tables => $"ALL TABLES IN SCHEMA {Schema.Name}";

    [SetUp]
    public Task CreateRoleAsync() => ExecuteAsync($"CREATE ROLE {_role} LOGIN");

    [TearDown]
    public Task DropRoleAsync() => ExecuteAsync($"DROP OWNED BY {_role}; DROP ROLE {_role}");

    [Test]
    public async Task Initialize_MayOnlyRead_NamesWhatIsMissing([Values] bool migrates)
    {
        await ExecuteAsync(PostgreSqlSchema.CreateScript(Schema.Name));
        await ExecuteAsync($"GRANT USAGE ON SCHEMA {Schema.Name} TO {_role}; GRANT SELECT ON {Tables} TO {_role}; GRANT INSERT ON {Schema.Name}.webhook_event TO {_role}");

        var text = await RefuseAsync(migrates);

        Assert.That(text, Does.Contain($"GRANT UPDATE, DELETE ON {Schema.Name}.webhook_event TO {_role};"));
        Assert.That(text, Does.Match($"GRANT INSERT, UPDATE, DELETE ON {Schema.Name}.webhook_attempt, .*{Schema.Name}.webhook_subscription_deleted TO {_role};"));
        Assert.That(text, Does.Contain($"GRANT USAGE ON SEQUENCE {Schema.Name}.webhook_event_seq TO {_role};"));
        Assert.That(text, Does.Not.Contain("CREATE").And.Not.Contains("SELECT"));
        await AssertSufficesAsync(text);
    }

    [Test]
    public async Task Initialize_MayDoNothing_NamesTheSchemaToo()
    {
        await ExecuteAsync(PostgreSqlSchema.CreateScript(Schema.Name));

        var text = await RefuseAsync(migrates: false);

        Assert.That(text, Does.Contain($"GRANT USAGE ON SCHEMA {Schema.Name} TO {_role};").And.Not.Contains("CREATE"));
        await AssertSufficesAsync(text);
    }

    [Test]
    public async Task Initialize_SchemaOfSomebodyElseWithoutTables_DoesNotAskForTheDatabase()
    {
        var database = new NpgsqlConnectionStringBuilder(Schema.ConnectionString).Database;
        await ExecuteAsync($"CREATE SCHEMA {Schema.Name}; GRANT CREATE ON DATABASE {database} TO {_role}");

        var text = await RefuseAsync(migrates: true);

        Assert.That(text, Does.Contain($"GRANT CREATE, USAGE ON SCHEMA {Schema.Name} TO {_role};").And.Not.Contains("ON DATABASE"));
        await AssertSufficesAsync(text);
    }

    private async Task<string> RefuseAsync(bool migrates)
    {
        await using var store = CreateStore(o => (o.ConnectionString, o.Migrate) = ($"{Schema.ConnectionString};Username={_role};Pooling=false", migrates));
        var refusal = await Assert.ThrowsAsync<WebhookStoreException>(async () => await store.InitializeAsync(default));
        Assert.That(refusal!.Message, Does.Contain($"does not give the user '{_role}' the rights that it needs").And.Contain("Let an administrator run:"));
        return refusal.Message;
    }

    /// <summary>What the text says is all that has to be done.</summary>
    private async Task AssertSufficesAsync(string text)
    {
        await ExecuteAsync(text[text.IndexOf("GRANT ", StringComparison.Ordinal)..]);
        await using var store = CreateStore(o => o.ConnectionString = $"{Schema.ConnectionString};Username={_role};Pooling=false");
        await store.InitializeAsync(default);
        await store.PublishAsync([new StoreWrites().Write("e")], null, default);
    }
}
