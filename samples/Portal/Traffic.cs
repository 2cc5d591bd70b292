using WebhookKit;

namespace Portal;

/// <summary>Publishes what might happen in a small shop, a few events a second, while it is switched on.</summary>
internal sealed class Traffic(IWebhookPublisher publisher) : BackgroundService
{
    private static readonly string[] Types =
    [
        "subscriber.created", "subscriber.created", "subscriber.updated", "subscriber.unsubscribed", "subscriber.added_to_group",
        "campaign.open", "campaign.open", "campaign.click", "campaign.sent", "Subscribe", "Unsubscribe",
    ];

    private static readonly string[] Names = ["ada", "grace", "alan", "edsger", "barbara", "donald", "margaret", "linus"];

    private volatile bool _isOn;
    private int _published;

    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    public int Published => _published;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (IsOn) await PublishAsync(stoppingToken);
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        var name = Names[Random.Shared.Next(Names.Length)];
        var list = Random.Shared.Next(5) == 0 ? Seed.Shop : Seed.Newsletter;
        await publisher.PublishAsync(
            Types[Random.Shared.Next(Types.Length)],
            new { id = $"{Random.Shared.Next(100_000)}", email = $"{name}@example.com", list, fields = new { city = "Zürich", plan = "pro" } },
            new PublishOptions { TenantId = list, OrderingKey = name },
            cancellationToken);
        Interlocked.Increment(ref _published);
    }
}
