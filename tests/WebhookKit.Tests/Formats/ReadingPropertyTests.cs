using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using WebhookKit.Tests.Profiles;

namespace WebhookKit.Tests.Formats;

/// <summary>What a format writes it reads back: the type, the time, the id and every byte of the data, single and batched.</summary>
public sealed class ReadingPropertyTests
{
    private static IEnumerable<TestCaseData> Flat => new[] { WebhookProfiles.MailerLite, WebhookProfiles.Mailjet }.ToCases();
    private static IEnumerable<TestCaseData> Whole => new[] { WebhookProfiles.StandardWebhooks, WebhookProfiles.Svix, WebhookProfiles.MailerLiteClassic, WebhookProfiles.CloudEvents }.ToCases();
    private static IEnumerable<TestCaseData> AsGiven => new[] { WebhookProfiles.Raw, WebhookProfiles.Stripe, WebhookProfiles.GitHub, WebhookProfiles.Slack, WebhookProfiles.Shopify }.ToCases();

    private static Gen<string> Space => Gen.Elements("", "", "", " ", "\t", "\r\n", "   ");

    private static Gen<string> Scalar => Gen.OneOf(
        Gen.Elements("19421777835146490", "18446744073709551615", "0.10", "1e5", "-0.0", "1.7976931348623157E+309", "true", "null", "\"\"", "\"\\u00e9\\/\\ud83d\\ude00é😀\""),
        Gen.Choose(' ', 0x2fff).Select(c => (char)c).ArrayOf().Select(c => JsonSerializer.Serialize(new string(c))));

    private static Gen<WebhookEvent> Events(Gen<string> data) =>
        from id in Gen.Choose(1, 128).SelectMany(n => Signing.SecretGen.Chars('!', n))
        from type in Gen.Elements("subscriber.created", "a", "campaign.open", "UPPER_case-1.x.y")
        from micros in Gen.Choose(0, int.MaxValue).Two()
        from json in data
        select new WebhookEvent
        {
            Id = id.Replace('.', '-'),
            Type = type,
            OccurredAt = DateTimeOffset.UnixEpoch.AddSeconds(micros.Item1).AddMicroseconds(micros.Item2 % 1_000_000),
            Data = Encoding.UTF8.GetBytes(json),
        };

    [TestCaseSource(nameof(Whole))]
    public void Read_WholeEvents_AreGivenBack(WebhookProfile profile)
    {
        Properties.Hold(Events(Json(4)), e => AssertRead(profile, FormatSample.Single(profile, e), [e], e.Data.Text()));
        Properties.Hold(Events(Json(3)).NonEmptyListOf(), events => AssertRead(profile, FormatSample.Batch(profile, [.. events]), [.. events], [.. events.Select(e => e.Data.Text())]));
    }

    [TestCaseSource(nameof(Flat))]
    public void Read_FlatEvents_AreGivenBackWithWhatWasPutBesideTheirMembers(WebhookProfile profile)
    {
        Properties.Hold(Events(Object(4)), e => AssertRead(profile, FormatSample.Single(profile, e), [e], Flattened(profile, e, false)));
        Properties.Hold(
            Events(Object(3)).NonEmptyListOf(),
            events => AssertRead(profile, FormatSample.Batch(profile, [.. events]), [.. events], [.. events.Select(e => Flattened(profile, e, true))]));
    }

    [TestCaseSource(nameof(AsGiven))]
    public void Read_AsGiven_IsTheBody(WebhookProfile profile) =>
        Properties.Hold(Events(Json(4)), e => AssertRead(profile, FormatSample.Single(profile, e), [e], e.Data.Text()));

    [Test]
    public void Read_CloudEventsBinary_IsTheBodyWithTheAttributes()
    {
        var values = Gen.Choose(1, 0x2fff).Select(c => (char)c).Where(c => !char.IsControl(c)).ArrayOf(5).Select(c => new string(c));
        Properties.Hold(Events(Json(4)).Zip(values), pair =>
        {
            var sent = pair.Item1 with { OrderingKey = pair.Item2, Attributes = new Dictionary<string, string> { ["subject"] = pair.Item2, ["source"] = "/shop" } };
            foreach (var mode in new[] { "binary", "structured" })
            {
                var read = FormatSample.Read(WebhookProfiles.CloudEvents, FormatSample.Single(WebhookProfiles.CloudEvents, sent, ("mode", mode))).Events!.Single();

                Assert.That(read.Data.Text(), Is.EqualTo(sent.Data.Text()));
                Assert.That(read.Attributes, Is.EquivalentTo(sent.Attributes));
                Assert.That(read with { Data = sent.Data, Attributes = sent.Attributes }, Is.EqualTo(sent));
            }
        });
    }

    [TestCaseSource(nameof(Whole))]
    [TestCaseSource(nameof(Flat))]
    public void Read_DataAsDeepAsCanBePublished_IsGivenBack(WebhookProfile profile)
    {
        var deep = new string('[', 63) + new string(']', 63);
        var data = $"{{\"a\":{deep}}}";

        var reading = FormatSample.Read(profile, FormatSample.Batch(profile, FormatSample.Event(data)));

        Assert.That(reading.Fault, Is.Null);
        Assert.That(reading.Events!.Single().Data.Text(), Does.Contain(deep));
    }

    private static Gen<string> Json(int depth) => depth == 0
        ? Scalar
        : Gen.OneOf(Scalar, Object(depth), Json(depth - 1).Zip(Space).ListOf(3).Select(items => $"[{string.Join(",", items.Select(i => i.Item2 + i.Item1 + i.Item2))}]"));

    private static Gen<string> Object(int depth) =>
        from names in Gen.Elements("\"a\"", "\"a\"", "\"\\u0062\"", "\"\"", "\"id\"", "\"data\"", "\"é\"", "\"total\"").ListOf(3)
        from values in Json(depth - 1).ListOf(3)
        from space in Space
        select $"{{{space}{string.Join(space + ",", names.Zip(values, (n, v) => n + space + ":" + v))}{space}}}";

    private static string Flattened(WebhookProfile profile, WebhookEvent e, bool isBatch)
    {
        var type = profile.Name == "MailerLite" && isBatch ? "type" : "event";
        var time = profile.Name == "Mailjet" ? string.Create(CultureInfo.InvariantCulture, $",\"time\":{e.OccurredAt.ToUnixTimeSeconds()}") : "";
        return $"{{\"{type}\":\"{e.Type}\"{time},{e.Data.Text().Trim()[1..^1].Trim()}}}";
    }

    private static void AssertRead(WebhookProfile profile, WebhookContent content, WebhookEvent[] sent, params string[] data)
    {
        // A dialect that proves no id gets none to read.
        var reading = FormatSample.Read(profile, content, messageId: profile.Format == WebhookFormats.AsGiven ? null : sent[0].Id);

        Assert.That(reading.Fault, Is.Null, content.Text);
        Assert.That(reading.Events!.Select(e => e.Data.Text()), Is.EqualTo(data));
        Assert.That(reading.Events!.Select(e => e.Type), Is.EqualTo(sent.Select(e => profile.HasType() ? e.Type : "")));
        Assert.That(reading.Events!.Select(e => e.OccurredAt), Is.EqualTo(sent.Select(e => profile.TimeOf(e))));
        Assert.That(reading.Events!.Select(e => e.Id), Is.EqualTo(sent.Select(e => profile.HasId() ? e.Id : "")));
    }
}
