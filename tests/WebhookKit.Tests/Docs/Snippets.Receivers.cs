using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace WebhookKit.Tests.Docs;

public sealed partial class Snippets
{
    [Test]
    public async Task MapWebhookReceiver_OfTheDocs_MapsTheRoutes()
    {
        const string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });

        // snippet: receiver
        builder.Services.AddWebhookReceivers();
        var app = builder.Build();
        app.MapWebhookReceiver("/hooks/acme", receiver =>
        {
            receiver.Secrets.Add(secret);
            receiver.OnEvent<SubscriberCreated>("subscriber.created", async (received, data, cancellationToken) =>
                await received.Services.GetRequiredService<Newsletter>().WelcomeAsync(data.Email, cancellationToken));
            receiver.OnAny((received, cancellationToken) => Task.CompletedTask);
        });
        // end snippet

        const string pathSecret = "0123456789abcdef";

        // snippet: receiver-mailup
        app.MapWebhookReceiver("/hooks/mailup/{secret}", receiver =>
        {
            receiver.Profile = WebhookProfiles.MailUp;
            receiver.PathSecrets.Add(pathSecret);
            receiver.OnEvent<Dictionary<string, string>>("Subscribe", (received, parameters, cancellationToken) => AddAsync(parameters["eml"], cancellationToken));
        });
        // end snippet

        // snippet: inspector
        if (app.Environment.IsDevelopment())
        {
            app.MapWebhookInspector("/inspect", inspector =>
            {
                inspector.Profile = WebhookProfiles.StandardWebhooks;
                inspector.Secrets.Add(secret);
            });
        }
        // end snippet

        app.MapWebhookReceiver("/hooks/stripe", receiver =>
        {
            receiver.Profile = WebhookProfiles.Stripe;
            receiver.Secrets.Add(secret);
            receiver.OnAny((_, _) => Task.CompletedTask);

            // snippet: receiver-id
            receiver.FindEventId = webhookEvent => JsonElement.Parse(webhookEvent.Data.Span).GetProperty("id").GetString();
            // end snippet
        });

        Assert.That(RoutesOf(app), Does.Contain("/hooks/acme").And.Contain("/hooks/mailup/{secret}").And.Contain("/inspect/in/{bin}/{**rest}"));
        await app.DisposeAsync();

        static Task AddAsync(string email, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Test]
    public async Task MapWebhookReceiver_OfTheDocsThatForward_MapsTheRoutes()
    {
        const string pathSecret = "0123456789abcdef";
        var accounts = new Accounts();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddWebhookReceivers();
        builder.Services.AddWebhooks();
        await using var app = builder.Build();

        // snippet: receiver-tenants
        app.MapWebhookReceiver("/hooks/{account}", receiver =>
        {
            receiver.ResolveSecrets = async context => await accounts.FindSecretsAsync((string)context.GetRouteValue("account")!);
            receiver.ResolveTenant = context => new((string?)context.GetRouteValue("account"));
            receiver.Forward();
        });
        // end snippet

        // snippet: receiver-forward
        app.MapWebhookReceiver("/hooks/mailjet/{secret}", receiver =>
        {
            receiver.Profile = WebhookProfiles.Mailjet;
            receiver.PathSecrets.Add(pathSecret);
            receiver.Forward(forward => forward.EventType = webhookEvent => $"mail.{webhookEvent.Type}");
        });
        // end snippet

        Assert.That(RoutesOf(app), Does.Contain("/hooks/{account}").And.Contain("/hooks/mailjet/{secret}"));
    }

    [Test]
    public async Task MapWebhookReceiver_OfTheDocsFromTheStore_MapsTheRoute()
    {
        const string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        var builder = WebApplication.CreateSlimBuilder();

        // snippet: receiver-inbox
        builder.Services.AddWebhooks().UseSqlite("Data Source=webhooks.db").AddInbox();
        var app = builder.Build();
        app.MapWebhookReceiver("/hooks/acme", receiver =>
        {
            receiver.Name = "acme";
            receiver.Handling = WebhookHandling.FromStore;
            receiver.Secrets.Add(secret);
            receiver.OnAny(HandleAsync);
        });
        // end snippet

        Assert.That(RoutesOf(app), Does.Contain("/hooks/acme"));
        await app.DisposeAsync();

        static Task HandleAsync(ReceivedWebhook received, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Test]
    public async Task ProtectSecrets_OfTheDocs_SetsAProtector()
    {
        var services = new ServiceCollection();
        var webhooks = services.AddWebhooks();
        var keys = new DirectoryInfo(Path.Combine(Path.GetTempPath(), "webhookkit-no-keys"));

        // snippet: protect-secrets
        services.AddDataProtection().SetApplicationName("shop").PersistKeysToFileSystem(keys);
        webhooks.ProtectSecretsWithDataProtection();
        // end snippet

        await using var provider = services.BuildServiceProvider();
        Assert.That(provider.GetRequiredService<ISecretProtector>(), Is.Not.Null);
        Assert.That(keys.Exists, Is.False, "a key is made when one is needed");
    }

    [Test]
    public async Task AddWebhooksHealth_OfTheDocs_IsRegistered()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddWebhooks();

        // snippet: health
        builder.Services.AddHealthChecks().AddWebhooks(tags: ["ready"]);
        // end snippet

        await using var app = builder.Build();
        var report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.That(report.Entries.Keys, Is.EqualTo(new[] { "webhooks" }));
    }

    private static IEnumerable<string?> RoutesOf(IEndpointRouteBuilder app) => app.DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Select(e => e.RoutePattern.RawText?.TrimEnd('/'));

    private sealed class Newsletter
    {
        private readonly List<string> _welcomed = [];

        public Task WelcomeAsync(string email, CancellationToken cancellationToken)
        {
            _welcomed.Add(email);
            return Task.CompletedTask;
        }
    }

    private sealed class Accounts
    {
        private readonly Dictionary<string, string> _secrets = [];

        public Task<IReadOnlyCollection<string>> FindSecretsAsync(string account) =>
            Task.FromResult<IReadOnlyCollection<string>>(_secrets.TryGetValue(account, out var secret) ? [secret] : []);
    }
}
