using Portal;
using WebhookKit;

var builder = WebApplication.CreateSlimBuilder(args);
if (builder.Configuration["help"] is not null || args is ["-h" or "--help"])
{
    Console.WriteLine("""
        Portal: the webhooks of a small shop on a page, with receivers of very different manners and a button that makes traffic.

        Usage: dotnet run --project samples/Portal [-- --urls http://127.0.0.1:5080] [--store webhooks.db]

        Without --store everything is in memory and gone when it ends. Ctrl+C ends it.
        """);
    return;
}

builder.Logging.SetMinimumLevel(LogLevel.Warning);
if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls("http://127.0.0.1:5080");

var webhooks = builder.Services.AddWebhooks(options => options.DefaultProfile = Seed.Profile.Name)
    .AddEventTypes(WebhookEventTypes.MailerLite)
    .AddEventTypes(WebhookEventTypes.MailUp)
    .AddProfile(Seed.Profile)
    .AllowLoopback();
if (builder.Configuration["store"] is { } file) webhooks.UseSqlite($"Data Source={file}");
builder.Services.AddSingleton<Traffic>().AddHostedService(services => services.GetRequiredService<Traffic>());

var app = builder.Build();
app.MapStartPage();
app.MapReceivers();

// A real host adds RequireAuthorization(), and finds the tenant in the user's claims.
app.MapWebhookPortal("/{list}/webhooks", portal =>
{
    portal.Title = "Webhooks of the shop";
    portal.HomeUrl = "/";
    portal.Api.ResolveTenant = context => new(Seed.ListOf(context));
    portal.Api.ListScopes = _ => new([.. Seed.Lists.Select(list => new WebhookScope(list.Key, list.Value))]);
});
app.MapWebhooks("/{list}/api/webhooks", api => api.ResolveTenant = context => new(Seed.ListOf(context)));

// A real host maps it in development only.
app.MapWebhookInspector("/inspect", inspector =>
{
    inspector.AllowOutsideDevelopment = true;
    inspector.Profile = Seed.Profile;
    inspector.Secrets.Add(Seed.InspectedSecret);
});

await app.StartAsync();
await Seed.CreateAsync(app.Services, new Uri(app.Urls.First()));
Console.WriteLine($"Open {app.Urls.First()} in a browser. Ctrl+C ends this.");
await app.WaitForShutdownAsync();
