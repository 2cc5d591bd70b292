using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit.EntityFrameworkCore.Setup;

namespace WebhookKit.EntityFrameworkCore.Saving;

/// <summary>The engine, found among the host's services when the context first has something to do with events.</summary>
internal sealed class WebhookServices(IDbContextOptions options)
{
    private IWebhookTransactions? _transactions;

    public IWebhookPublisher Publisher => field ??= Find<IWebhookPublisher>();

    public IWebhookEventFactory Factory => field ??= Find<IWebhookEventFactory>();

    /// <summary>
    /// What is told of commits; <see langword="null"/> where there were no events. Nothing is looked for then: a commit must not fail because of what comes
    /// after it.
    /// </summary>
    public IWebhookTransactions? Transactions => _transactions;

    private TService Find<TService>()
        where TService : class
    {
        var host = options.FindExtension<WebhooksOptionsExtension>()?.Services ?? options.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider;
        if (host is null) throw new InvalidOperationException("UseWebhooks does not know the host's services here. Pass them: options.UseWebhooks(services).");
        _transactions ??= host.GetService<IWebhookTransactions>();
        return host.GetService<TService>() ?? throw new InvalidOperationException("The services given to UseWebhooks have no webhooks among them. Add services.AddWebhooks().");
    }
}
