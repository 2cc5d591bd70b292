using NUnit.Framework;
using WebhookKit.Tests.Rules;
using TestEngine = WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Profiles;

/// <summary>What a profile could not send is refused when it is saved, by a message that names the value and the way out.</summary>
public sealed class SettingsRefusalTests
{
    [TestCase("MailUp", "parameters", "eml=[Emial]", "The setting 'parameters' has the placeholder '[Emial]', which does not exist. Use EventDate, EventType,")]
    [TestCase("MailUp", "parameters", "a=[Email]&b=x[email]y", "'[email]', which does not exist")]
    [TestCase("MailUp", "parameters", "a=[Field00]", "'[Field00]', which does not exist")]
    [TestCase("MailUp", "parameters", "a=[Field1]", "or Field01 to Field99")]
    [TestCase("MailUp", "parameters", "a=[]", "'[]', which does not exist")]
    [TestCase("MailUp", "parameters", "a=[b[Email]", "'[b[Email]', which does not exist")]
    [TestCase("MailUp", "parameters", "[Email]=1", "the placeholder '[Email]' in a name")]
    [TestCase("MailUp", "parameters", "eml", "has 'eml', which is not of the form 'name=value'. Use one such as 'eml=[Email]'")]
    [TestCase("MailUp", "parameters", "=x", "has '=x', which is not of the form")]
    [TestCase("MailUp", "parameters", "", "has '', which is not of the form")]
    [TestCase("MailUp", "parameters", "a=1&&b=2", "has '', which is not of the form")]
    [TestCase("MailUp", "method", "PUT", "The setting 'method' is 'PUT'. Use GET or POST.")]
    [TestCase("MailUp", "method", "get", "The setting 'method' is 'get'. Use GET or POST.")]
    [TestCase("MailUp", "encrypted", "yes", "The setting 'encrypted' is 'yes'. Use true or false.")]
    [TestCase("MailUp", "Method", "GET", "The setting 'Method' is not known to the profile 'MailUp'. Use method, parameters, encrypted.")]
    [TestCase("Mailjet", "version", "3", "The setting 'version' is '3'. Use 1 or 2.")]
    [TestCase("Mailjet", "version", "", "The setting 'version' is ''. Use 1 or 2.")]
    [TestCase("Mailjet", "vresion", "2", "The setting 'vresion' is not known to the profile 'Mailjet'. Use version, backup_url.")]
    [TestCase("Mailjet", "backup_url", "ftp://example.com/", "The setting 'backup_url' is refused. The URL 'ftp://example.com/' has the scheme 'ftp'. Use https.")]
    [TestCase("Mailjet", "backup_url", "/backup", "The URL '/backup' is not absolute")]
    [TestCase("Mailjet", "backup_url", "https://", "The setting 'backup_url' is")]
    [TestCase("MailUp", "method", "get", "The setting 'method' is 'get'. Use GET or POST.")]
    [TestCase("Mailjet", "backup_url", "", "The setting 'backup_url' is")]
    [TestCase("Mailjet", "backup_url", "https://example.com/#part", "has a fragment, which is never sent")]
    [TestCase("Mailjet", "backup_url", "https://example.com:0/", "port 0")]
    [TestCase("CloudEvents", "mode", "batched", "The setting 'mode' is 'batched'. Use structured or binary.")]
    [TestCase("CloudEvents", "source", "/a", "The setting 'source' is not known to the profile 'CloudEvents'. Use mode.")]
    [TestCase("MailerLiteClassic", "account", "1", "The setting 'account' is not known to the profile 'MailerLiteClassic'. Use account_id.")]
    [TestCase("MailerLite", "type", "x", "It has none.")]
    [TestCase("Stripe", "x", "y", "It has none.")]
    [TestCase("GitHub", "x", "y", "It has none.")]
    [TestCase("Slack", "x", "y", "It has none.")]
    [TestCase("Shopify", "x", "y", "It has none.")]
    [TestCase("Raw", "x", "y", "It has none.")]
    [TestCase("StandardWebhooks", "x", "y", "It has none.")]
    [TestCase("Svix", "x", "y", "It has none.")]
    public async Task CreateAsync_BadSetting_IsRefused(string profile, string name, string value, string message) =>
        Assert.That(await RefusedAsync(profile, "Settings", s => s with { Settings = new Dictionary<string, string> { [name] = value } }), Does.Contain(message));

    [TestCase("https://ada:geheim@example.com/")]
    [TestCase("ada:geheim@example.com/")]
    [TestCase("ftp://ada:geheim@example.com/")]
    [TestCase("//ada:geheim@example.com/")]
    public async Task CreateAsync_BackupUrlWithPassword_IsRefusedWithoutRepeatingIt(string url) => Assert.That(
        await RefusedAsync("Mailjet", "Settings", s => s with { Settings = new Dictionary<string, string> { ["backup_url"] = url } }),
        Does.Contain("backup_url").And.Not.Contain("geheim"));

    [TestCase("Mailjet")]
    [TestCase("MailUp")]
    [TestCase("CloudEvents")]
    [TestCase("StandardWebhooks")]
    public async Task CreateAsync_NoSettingsAtAll_IsRefused(string profile) =>
        Assert.That(await RefusedAsync(profile, "Settings", s => s with { Settings = null! }), Does.Contain("The settings are null. Use an empty dictionary"));

    [Test]
    public async Task CreateAsync_EncryptedWithoutSecret_IsRefused() => Assert.That(
        await RefusedAsync("MailUp", "Secrets", s => s with { Settings = new Dictionary<string, string> { ["encrypted"] = "true" } }),
        Does.Contain("has no secret, which is the key. Give it one"));

    [Test]
    public async Task CreateAsync_EncryptedGetOnAUrlWithQuery_IsRefused() => Assert.That(
        await RefusedAsync("MailUp", "Url", s => s with
        {
            Url = new Uri(Engine.Url + "?list=1"),
            Secret = "geheim",
            Settings = new Dictionary<string, string> { ["encrypted"] = "true", ["method"] = "GET" },
        }),
        Does.Contain("The URL has the query '?list=1'").And.Contain("Leave the query out, or use POST").And.Not.Contain("geheim"));

    [TestCase("MailUp")]
    [TestCase("Stripe")]
    [TestCase("GitHub")]
    [TestCase("Slack")]
    [TestCase("Shopify")]
    [TestCase("Raw")]
    [TestCase("CloudEvents", "mode", "binary")]
    [TestCase("Mailjet", "version", "1")]
    public async Task CreateAsync_BatchingWhereItCannotBe_IsRefused(string profile, string? name = null, string value = "") => Assert.That(
        await RefusedAsync(profile, "Batching", s => s with
        {
            Batching = new BatchingOptions(),
            Settings = name is null ? s.Settings : new Dictionary<string, string> { [name] = value },
        }),
        Does.Contain($"The profile '{profile}' cannot send batches to this subscription. Leave Batching null."));

    [TestCase("GitHub")]
    [TestCase("MailerLite")]
    [TestCase("Svix")]
    public async Task UpdateAsync_ToAProfileThatSigns_NeedsASecretAndSaysHow(string profile)
    {
        await using var engine = await Engine.StartAsync(WebhookProfiles.Raw);
        var subscription = await engine.SubscribeAsync(s => s with { Profile = "Raw" });
        Assert.That(subscription.Secrets, Is.Empty);

        var refused = await TestEngine.ThrownAsync<WebhookValidationException>(async () => await engine.Subscriptions.UpdateAsync(subscription with { Profile = profile }));
        Assert.That(refused.Errors.Single().Field, Is.EqualTo("Secrets"));
        Assert.That(refused.Message, Does.Contain($"The profile '{profile}' signs, and the subscription has no secret").And.Contain("RotateSecretAsync(id, secret)"));

        var rotated = await engine.Subscriptions.RotateSecretAsync(subscription.Id, TestEngine.GoodSecret);
        Assert.That((await engine.Subscriptions.UpdateAsync(rotated with { Profile = profile })).Profile, Is.EqualTo(profile), "the advice works");
    }

    [TestCase("")]
    [TestCase(" x")]
    public async Task RotateSecretAsync_KeyThatCannotEncrypt_IsRefused(string key)
    {
        await using var engine = await Engine.StartAsync(WebhookProfiles.MailUp);
        var subscription = await engine.SubscribeAsync(s => s with { Secret = "good", Settings = new Dictionary<string, string> { ["encrypted"] = "true" } });

        var refused = await TestEngine.ThrownAsync<WebhookValidationException>(async () => await engine.Subscriptions.RotateSecretAsync(subscription.Id, key));

        Assert.That(refused.Message, Does.Contain("Use 1 to 256 ASCII characters"));
        Assert.That((await engine.Subscriptions.GetAsync(subscription.Id))!.Secrets.Single().Value, Is.EqualTo("good"));
    }

    private static async Task<string> RefusedAsync(string profile, string field, Func<NewWebhookSubscription, NewWebhookSubscription> change)
    {
        await using var engine = await Engine.StartAsync();
        var refused = await TestEngine.ThrownAsync<WebhookValidationException>(async () => await engine.SubscribeAsync(s => change(s with { Profile = profile })));
        Assert.That(refused.Errors.Select(e => e.Field), Is.Not.Empty.And.All.EqualTo(field));
        Assert.That((await engine.Subscriptions.ListAsync(new SubscriptionQuery { AllTenants = true })).Items, Is.Empty);
        return refused.Message;
    }

    [Test]
    public async Task CreateAsync_GetThatIsAlwaysTooLong_IsRefused() => Assert.That(
        await RefusedAsync("MailUp", "Settings", s => s with { Settings = new Dictionary<string, string> { ["method"] = "GET", ["parameters"] = "a=" + new string('ü', 4000) } }),
        Does.Contain("makes a GET of 24").And.Contain("8192 are the most"));
}
