using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Docs.Profiles;

/// <summary>
/// The requests that docs/profiles.md shows are those that go over the wire. <c>WEBHOOKKIT_UPDATE_DOCS=1</c> writes them there.
/// </summary>
[NonParallelizable] // The page is rewritten as a whole.
public sealed class ProfileRequestTests
{
    private const string Page = "docs/profiles.md";

    [TestCaseSource(typeof(ProfileSamples), nameof(ProfileSamples.All))]
    public async Task Request_OnTheWire_IsWhatTheDocsShow(ProfileSample sample)
    {
        var request = await sample.SendAsync();
        if (Environment.GetEnvironmentVariable("WEBHOOKKIT_UPDATE_DOCS") is { Length: > 0 }) Write(sample, request);
        var (from, to) = Find(Repository.Read(Page), sample);
        Assert.That(Repository.Read(Page)[from..to], Is.EqualTo(request.ToString()));
    }

    [TestCaseSource(typeof(ProfileSamples), nameof(ProfileSamples.Proved))]
    public async Task Request_OfAProfileThatSigns_IsReceived(ProfileSample sample)
    {
        var request = await sample.SendAsync();
        var verifier = new WebhookVerifier(sample.Profile, [sample.Secret ?? "hooks:s3cret-pass"], new ManualTimeProvider(ProfileSample.Now));
        var result = verifier.Receive(request.Method, request.Uri, request.Headers, request.Body);
        Assert.That(result.IsValid, Is.True, result.Message);
        Assert.That(result.Events, Has.Count.EqualTo(sample.Data.Length));
    }

    [Test]
    public void Samples_EveryBuiltInProfile_IsShown() =>
        Assert.That(WebhookProfiles.All.Select(p => p.Name), Is.SubsetOf(ProfileSamples.All.Select(s => s.Name)));

    private static (int From, int To) Find(string page, ProfileSample sample)
    {
        var mark = $"<!-- request: {sample.Name} -->\n```http\n";
        var from = page.IndexOf(mark, StringComparison.Ordinal);
        if (from < 0) throw new InvalidOperationException($"{Page} has no block after '<!-- request: {sample.Name} -->'.");
        from += mark.Length;
        return (from, page.IndexOf("```\n", from, StringComparison.Ordinal));
    }

    private static void Write(ProfileSample sample, WireRequest request)
    {
        var page = Repository.Read(Page);
        var (from, to) = Find(page, sample);
        File.WriteAllText(Path.Combine(Repository.Root, Page), page[..from] + request + page[to..]);
    }
}
