using System.Net;

namespace WebhookKit.AspNetCore.Tests.Mailjet;

/// <summary>Mailjet's routes answer in its shapes.</summary>
[TestFixture("memory")]
[TestFixture("sqlite")]
internal sealed class MailjetTests(string store)
{
    private const string Open = """{"EventType":"open","Url":"https://mydomain.com/event_handler","Version":2,"IsBackup":false,"Status":"alive"}""";

    [Test]
    public async Task Create_Url_AnswersInItsShape()
    {
        await using var host = await ApiHost.StartAsync(store);
        var answer = await host.PostAsync(ApiHost.Mailjet, Open);
        var id = await IdAsync(host);
        var expected = $$"""{"Count":1,"Data":[{"ID":{{id}},"EventType":"open","Url":"https://mydomain.com/event_handler","Version":2,"IsBackup":false,"Status":"alive"}],"Total":1}""";
        Assert.That((answer.Status, answer.Text), Is.EqualTo((HttpStatusCode.Created, expected)));
        Assert.That((await host.GetAsync($"{ApiHost.Mailjet}/{id}")).Text, Is.EqualTo(expected));
        Assert.That((await host.GetAsync(ApiHost.Mailjet)).Text, Is.EqualTo(expected));
        var stored = (await host.Subscriptions.GetAsync(id))!;
        Assert.That((stored.Profile, stored.TenantId, stored.Batching is not null), Is.EqualTo(("Mailjet", "t1", true)));
    }

    [Test]
    public async Task Create_LittleSaid_IsVersionOneAndAlive()
    {
        await using var host = await ApiHost.StartAsync(store);
        var answer = await host.PostAsync(ApiHost.Mailjet, """{"EventType":"click","Url":"https://mydomain.com/c"}""");
        Assert.That(answer.Text, Does.EndWith(""""EventType":"click","Url":"https://mydomain.com/c","Version":1,"IsBackup":false,"Status":"alive"}],"Total":1}""""));
    }

    [Test]
    public async Task Create_BackupOfOne_IsAUrlOfItsOwn()
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.PostAsync(ApiHost.Mailjet, Open);
        var backup = await host.PostAsync(ApiHost.Mailjet, Open.Replace("event_handler", "backup", StringComparison.Ordinal).Replace("false", "true", StringComparison.Ordinal));
        Assert.That(backup.Status, Is.EqualTo(HttpStatusCode.Created), backup.Text);
        var id = backup.Json.GetProperty("Data")[0].GetProperty("ID").GetInt64();
        Assert.That((await host.GetAsync(ApiHost.Mailjet)).Json.GetProperty("Total").GetInt32(), Is.EqualTo(2));
        Assert.That((await host.GetAsync($"{ApiHost.Mailjet}?Limit=1&Offset=1")).Json.GetProperty("Data")[0].GetProperty("ID").GetInt64(), Is.EqualTo(id));

        var changed = await host.PutAsync($"{ApiHost.Mailjet}/{id}", """{"Url":"https://mydomain.com/backup2"}""");
        Assert.That(changed.Json.GetProperty("Data")[0].GetProperty("Url").GetString(), Is.EqualTo("https://mydomain.com/backup2"));
        Assert.That((await host.DeleteAsync($"{ApiHost.Mailjet}/{id}")).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await host.GetAsync($"{ApiHost.Mailjet}/{id}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await host.GetAsync(ApiHost.Mailjet)).Json.GetProperty("Total").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task Update_DeadUrl_ComesBackByANewOne()
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.PostAsync(ApiHost.Mailjet, Open);
        var url = $"{ApiHost.Mailjet}/{await IdAsync(host)}";
        Assert.That(StatusOf(await host.PutAsync(url, """{"Status":"dead"}""")), Is.EqualTo("dead"));
        Assert.That(StatusOf(await host.PutAsync(url, """{"Version":1}""")), Is.EqualTo("dead"));
        Assert.That(StatusOf(await host.PutAsync(url, """{"Url":"https://mydomain.com/new"}""")), Is.EqualTo("alive"));
        Assert.That((await host.DeleteAsync(url)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await host.GetAsync(url)).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Test_Url_ShowsTheAnswer()
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.PostAsync(ApiHost.Mailjet, Open);
        host.Receiver.Reply(204);
        var answer = await host.PostAsync($"{ApiHost.Mailjet}/{await IdAsync(host)}/test");
        Assert.That(answer.Json.GetProperty("Data")[0].GetProperty("status_code").GetInt32(), Is.EqualTo(204), answer.Text);
    }

    [TestCase("{}", "EventType field is required", "Url field is required")]
    [TestCase("""{"EventType":"nothing","Url":"https://a.example/"}""", "nothing", "")]
    [TestCase("""{"EventType":"open","Url":"http://localhost/"}""", "localhost", "")]
    [TestCase("""{"EventType":"open","Url":"odd","Version":3,"Status":"odd"}""", "absolute URL", "'alive' or 'dead'")]
    [TestCase("""{"EventType":"open","Url":"https://a.example/","IsBackup":true}""", "Create that one first", "")]
    [TestCase("""{"EventType":"nothing","Url":"http://localhost/","Version":3,"Status":5,"IsBackup":"x"}""", "nothing", "localhost")]
    [TestCase("""{"EventType":"nothing","Url":"http://localhost/","Version":3,"Status":5,"IsBackup":"x"}""", "from 1 to 2", "must be true or false")]
    [TestCase("""{"EventType":null,"Url":null}""", "EventType field is required", "Url field is required")]
    [TestCase("""{"EventType":"<script>","Url":"https://a.example/\u202e"}""", "script", "")]
    [TestCase("""{"EventType":"a\u0000b","Url":"https://a.example/"}""", "b", "")]
    [TestCase("[]", "JSON object", "")]
    public async Task Create_Bad_SaysAllInMailjetsShape(string body, string one, string other)
    {
        await using var host = await ApiHost.StartAsync(store);
        var answer = await host.PostAsync(ApiHost.Mailjet, body);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Json.GetProperty("StatusCode").GetInt32(), Is.EqualTo(400));
        Assert.That(answer.Json.GetProperty("ErrorMessage").GetString(), Does.Contain(one).And.Contain(other));
    }

    [Test]
    public async Task Create_ASecondOfAType_IsRefused()
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.PostAsync(ApiHost.Mailjet, Open);
        Assert.That((await host.PostAsync(ApiHost.Mailjet, Open)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await host.PostAsync(ApiHost.Mailjet, Open, tenant: "t2")).Status, Is.EqualTo(HttpStatusCode.Created), "another tenant's");
    }

    [Test]
    public async Task EachRoute_ForeignTenantOrOtherWebhook_IsAsIfThereWereNothing()
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.PostAsync(ApiHost.Mailjet, Open);
        var url = $"{ApiHost.Mailjet}/{await IdAsync(host)}";
        var other = $"{ApiHost.Mailjet}/{await host.CreateAsync()}";
        foreach (var (path, tenant) in new[] { (url, "t2"), (other, "t1"), ($"{ApiHost.Mailjet}/odd", "t1"), ($"{ApiHost.Mailjet}/0", "t1") })
        {
            Assert.That((await host.GetAsync(path, tenant)).Status, Is.EqualTo(HttpStatusCode.NotFound), path);
            Assert.That((await host.PutAsync(path, "{}", tenant)).Status, Is.EqualTo(HttpStatusCode.NotFound), path);
            Assert.That((await host.DeleteAsync(path, tenant)).Status, Is.EqualTo(HttpStatusCode.NotFound), path);
            Assert.That((await host.PostAsync($"{path}/test", tenant: tenant)).Status, Is.EqualTo(HttpStatusCode.NotFound), path);
        }

        Assert.That((await host.GetAsync(ApiHost.Mailjet, "t2")).Json.GetProperty("Total").GetInt32(), Is.Zero);
    }

    [TestCase("""{"Url":"http://10.0.0.1/","EventType":"nothing","Version":0}""", "10.0.0.1", "nothing", "from 1 to 2")]
    [TestCase("""{"Url":5,"Status":"odd","IsBackup":true}""", "Url field must be a string", "'alive' or 'dead'", "IsBackup cannot be changed")]
    public async Task Update_Bad_SaysAllAndChangesNothing(string body, params string[] faults)
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.PostAsync(ApiHost.Mailjet, Open);
        var url = $"{ApiHost.Mailjet}/{await IdAsync(host)}";
        var before = (await host.GetAsync(url)).Text;
        var answer = await host.PutAsync(url, body);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        foreach (var fault in faults) Assert.That(answer.Json.GetProperty("ErrorMessage").GetString(), Does.Contain(fault));
        Assert.That((await host.GetAsync(url)).Text, Is.EqualTo(before));
        Assert.That((await host.GetAsync($"{ApiHost.Mailjet}?Limit=0&Offset=x")).Json.GetProperty("ErrorMessage").GetString(), Does.Contain("'0'").And.Contain("'x'"));
    }

    private static string? StatusOf(ApiHost.Answer answer) => answer.Json.GetProperty("Data")[0].GetProperty("Status").GetString();

    private static async Task<string> IdAsync(ApiHost host) =>
        (await host.Subscriptions.ListAsync(new SubscriptionQuery { TenantId = "t1" })).Items.First(s => s.Profile == "Mailjet").Id;
}
