using System.Net;
using System.Text;

namespace WebhookKit.AspNetCore.Tests.Receiving;

/// <summary>Whatever comes, the answer is one of a few, and what the sender wrote is never in it.</summary>
internal sealed class HostileInputTests
{
    private static readonly string[] Bodies =
    [
        "", " ", "null", "1", "\"x\"", "[]", "{}", "[1]", "[[]]", "{\"type\":1}", "{\"type\":{}}", "{\"type\":null,\"data\":null}", "not json", "{", "\ufeff{}", "{\"type\":\"\\ud800\"}",
        new('[', 5000), "{\"type\":\"<script>alert(1)</script>\",\"data\":\"\\u202e\"}", "{\"type\":\"a\\r\\nSet-Cookie: x\",\"data\":1}", "{\"id\":\"\\u0000\",\"type\":\"\\u0000\",\"data\":1}",
        "a=b", "a", "=", "&", "%", "a=%zz", "a=%ff", "a=b&" + new string('&', 3000),
    ];

    [Test]
    public async Task Receive_AnyBodyUnderAnyProfile_IsAnsweredWithoutAnEcho([Values] bool beforeAnswer)
    {
        foreach (var profile in (WebhookProfile[])[WebhookProfiles.StandardWebhooks, WebhookProfiles.MailerLite, WebhookProfiles.MailerLiteClassic, WebhookProfiles.Mailjet, WebhookProfiles.MailUp, WebhookProfiles.GitHub, WebhookProfiles.CloudEvents, WebhookProfiles.Raw])
        {
            await using var host = await ReceiverHost.StartAsync(map: app => app.MapWebhookReceiver("/hooks", o =>
            {
                o.Profile = profile;
                o.AllowUnsigned = true;
                o.Handling = beforeAnswer ? WebhookHandling.BeforeAnswer : WebhookHandling.AfterAnswer;
                o.OnEvent<Dictionary<string, string>>("a.b", (_, _, _) => Task.CompletedTask);
                o.OnAny((_, _) => Task.CompletedTask);
            }));
            foreach (var body in Bodies.Select(Encoding.UTF8.GetBytes).Append([0xff, 0xfe, 0x00]).Append([0]))
            {
                using var response = await host.SendAsync(body, "x", ReceiverHost.Secret, null, "/hooks", profile with { Signer = null }, null);
                var text = await response.Content.ReadAsStringAsync();
                Assert.That((int)response.StatusCode, Is.AnyOf(200, 400), $"{profile.Name}: {Encoding.UTF8.GetString(body)}");
                Assert.That(text, Is.Empty.Or.EqualTo("""{"type":"about:blank","title":"Bad Request","status":400,"detail":"The body is not of the expected form."}"""));
            }
        }
    }

    [Test]
    public async Task Receive_HeadersOfAnyKind_AreRefused()
    {
        await using var host = await ReceiverHost.StartAsync(o => o.OnAny((_, _) => Task.CompletedTask));
        string[] values = ["", " ", "v1,", "v1", ",", "v1,!!!!", new('v', 5000), string.Join(' ', Enumerable.Repeat("v1,AAAA", 100)), "-1", "99999999999999999999", "1e9", "0x10", "１２３"];
        foreach (var header in (string[])["webhook-id", "webhook-timestamp", "webhook-signature"])
        {
            foreach (var value in values)
            {
                using var response = await host.SendAsync(change: r =>
                {
                    r.Headers.Remove(header);
                    r.Headers.TryAddWithoutValidation(header, value);
                });
                Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), $"{header}: {value}");
            }
        }
    }

    [Test]
    public async Task Log_OfAFailedHandler_CannotBeForged()
    {
        await using var host = await ReceiverHost.StartAsync(o =>
        {
            o.Handling = WebhookHandling.BeforeAnswer;
            o.OnAny((_, _) => throw new InvalidOperationException("not now"));
        });
        await host.StatusOfAsync(body: """{"type":"a\nfail: everything is lost","data":1}""");
        Assert.That(host.Log.Lines.Single(l => l.Id.Id == 102).Text.Split('\n')[0], Does.Contain("everything is lost").And.Contain("send again"));
    }
}
