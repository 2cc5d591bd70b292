using WebhookKit.FunctionalTests.Hostile;

namespace WebhookKit.FunctionalTests.Secrets;

/// <summary>Does with a host all that hosts do, right and wrong, and notes what comes back.</summary>
/// <param name="host">The host.</param>
/// <param name="profile">The profile of its subscriptions.</param>
/// <param name="settings">Their settings.</param>
/// <param name="url">A receiver.</param>
/// <param name="overheard">Where to note it.</param>
internal sealed class SecretRun(TestHost host, WebhookProfile profile, Dictionary<string, string> settings, Uri url, Overheard overheard)
{
    private const string Id = "s";
    private const string Internal = "https://10.0.0.1/";

    /// <summary>A life of a subscription. Every result is told.</summary>
    /// <returns>The secret that was generated meanwhile, if the profile's signer needs one.</returns>
    public async Task<string?> LiveAsync(string first, string second, CancellationToken token)
    {
        Tell(await host.Subscriptions.CreateAsync(Tell(New(first)), token));
        Tell(await host.Subscriptions.SendTestEventAsync(Id, cancellationToken: token));
        Tell(await host.Subscriptions.RotateSecretAsync(Id, second, cancellationToken: token));
        var generated = profile.Signer?.SecretUse == SecretUse.Required ? Tell(await host.Subscriptions.RotateSecretAsync(Id, cancellationToken: token)).Secrets[0].Value : null;
        for (var i = 0; i < 8; i++) await DeliverAsync(i, token);

        foreach (var delivery in await History.DeliveriesAsync(host, Id, token))
        {
            Tell(delivery);
            Tell(await host.Deliveries.GetAttemptsAsync(delivery.Id, token));
        }

        Tell(await host.Subscriptions.DisableAsync(Id, "Enough.", token));
        Tell((await host.Subscriptions.ListAsync(new SubscriptionQuery(), token)).Items);
        Tell(await host.Subscriptions.EnableAsync(Id, token));
        return generated;
    }

    /// <summary>Calls that are refused. Every exception is told.</summary>
    public async Task BeRefusedAsync(string secret, CancellationToken token)
    {
        var password = Uri.EscapeDataString(secret[(secret.IndexOf(':') + 1)..]);
        var current = (await host.Subscriptions.GetAsync(Id, token))!;
        var other = New(secret) with { Id = "t" };
        NewWebhookSubscription[] refused =
        [
            other with { Id = Id },
            other with { Url = url, Secret = secret + "\r\n\u00e9" + new string('x', 600) },
            other with { Url = new Uri(Internal), Secret = secret },
            other with { EventTypes = ["*.*"], Profile = "nope", Order = (DeliveryOrder)9 },
            other with { Url = WithUserInfo(url, $"user:{password}%0a") },
            other with { Url = new Uri($"ftp://user:{password}@example.com:0/#x") },
            other with { Url = new Uri($"//user:{password}@example.com/", UriKind.RelativeOrAbsolute) },
            other with { Settings = new Dictionary<string, string> { ["backup_url"] = WithUserInfo(new Uri(Internal), $"user:{password}").OriginalString, ["x"] = "y" } },
        ];
        foreach (var subscription in refused) await RefuseAsync(async () => await host.Subscriptions.CreateAsync(Tell(subscription), token));
        await RefuseAsync(async () => await host.Subscriptions.RotateSecretAsync(Id, secret + "\n", cancellationToken: token));
        await RefuseAsync(async () => await host.Subscriptions.RotateSecretAsync(Id, secret, TimeSpan.FromDays(-1), token));
        await RefuseAsync(async () => await host.Subscriptions.UpdateAsync(current with { Version = 0 }, token));
        await RefuseAsync(async () => await host.Subscriptions.UpdateAsync(current with { Url = WithUserInfo(new Uri(Internal), $"user:{password}") }, token));
        await RefuseAsync(async () => await host.Subscriptions.UpdateAsync(current with { Id = "gone" }, token));
    }

    private static Uri WithUserInfo(Uri url, string userInfo) => new(url.AbsoluteUri.Replace("://", $"://{userInfo}@", StringComparison.Ordinal));

    private async Task DeliverAsync(int i, CancellationToken token)
    {
        var receipt = Tell(await host.Publisher.PublishAsync("subscriber.created", new { email = "ada@example.com", i }, cancellationToken: token));
        var pending = new DeliveryQuery { EventId = receipt.EventId, Status = DeliveryStatus.Pending };
        while ((await host.Deliveries.ListAsync(pending, token)).Items.Count > 0)
        {
            Tell(await host.Deliveries.DrainAsync(cancellationToken: token));
            await host.Subscriptions.EnableAsync(Id, token); // a 410 may have disabled it
        }
    }

    private NewWebhookSubscription New(string secret)
    {
        var subscription = new NewWebhookSubscription { Id = Id, Url = url, EventTypes = ["*"], Settings = settings };
        return profile.Signer == WebhookSigners.Basic
            ? subscription with { Url = WithUserInfo(url, string.Join(':', secret.Split(':').Select(Uri.EscapeDataString))) }
            : subscription with { Secret = secret };
    }

    private async Task RefuseAsync(Func<Task> call) => overheard.Hear("refusal", await CatchAsync(call));

    private static async Task<WebhookException> CatchAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (WebhookException refusal)
        {
            return refusal;
        }

        throw new AssertionException("The call was to be refused.");
    }

    private T Tell<T>(T value)
    {
        overheard.Hear("result", value);
        return value;
    }
}
