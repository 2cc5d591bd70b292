using System.Text.Json;

namespace WebhookKit.AspNetCore.Tests.Api;

/// <summary>What is said of a profile's settings is what is taken and refused.</summary>
internal sealed class ProfileSettingTests
{
    private const string Unknown = "no such setting";

    [Test]
    public async Task Settings_EachProfile_TakesWhatIsDescribedAndNothingElse()
    {
        await using var host = await ApiHost.StartAsync();
        List<string> described = [];
        foreach (var profile in (await host.GetAsync("/profiles")).Data.EnumerateArray())
        {
            var name = profile.GetProperty("name").GetString()!;
            Assert.That(profile.GetProperty("description").GetString(), Is.Not.Empty, name);
            Assert.That(await RefusalAsync(host, name, Unknown, "x"), Does.Contain("is not known"), name);
            foreach (var setting in profile.GetProperty("settings").EnumerateArray())
            {
                var key = setting.GetProperty("name").GetString()!;
                described.Add($"{name} {key} {setting.GetProperty("type").GetString()}");
                Assert.That((setting.GetProperty("label").GetString(), setting.GetProperty("description").GetString()), Is.Not.EqualTo(("", "")));
                if (setting.GetProperty("default").GetString() is { } value) Assert.That(await RefusalAsync(host, name, key, value), Is.Null, $"{name}'s default of {key}");
                foreach (var good in Values(setting)) Assert.That(await RefusalAsync(host, name, key, good), Is.Null, $"{name}: {key} = {good}");
                if (setting.GetProperty("type").GetString() is "choice" or "boolean" or "url" or "parameters")
                    Assert.That(await RefusalAsync(host, name, key, "\u202e<script>"), Does.Contain($"'{key}'"), name);
            }
        }

        Assert.That(described, Is.EquivalentTo(new[]
        {
            "CloudEvents mode choice", "MailUp method choice", "MailUp parameters parameters", "MailUp encrypted boolean", "MailerLiteClassic account_id text",
            "Mailjet version choice", "Mailjet backup_url url",
        }));
    }

    private static IEnumerable<string> Values(JsonElement setting) => setting.GetProperty("type").GetString() switch
    {
        "choice" => setting.GetProperty("choices").EnumerateArray().Select(c => c.GetProperty("value").GetString()!),
        "boolean" => ["true", "false"],
        "url" => ["https://example.com/other"],
        "parameters" => ["a=[Email]&b=[Field07]"],
        _ => ["text"],
    };

    private static async Task<string?> RefusalAsync(ApiHost host, string profile, string key, string value)
    {
        var answer = await host.PostAsync("", JsonSerializer.Serialize(new
        {
            url = "https://example.com/h",
            events = new[] { "subscriber.created" },
            profile,
            settings = new Dictionary<string, string> { [key] = value },
            secret = profile == "MailUp" ? "key" : null,
        }));
        return (int)answer.Status == 201 ? null : answer.Json.GetProperty("errors").GetProperty("settings")[0].GetString();
    }
}
