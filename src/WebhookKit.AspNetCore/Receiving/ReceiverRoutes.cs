using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Diagnostics;
using WebhookKit.Formats.MailUp;
using WebhookKit.Publishing;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Puts a receiver together and maps it.</summary>
internal static class ReceiverRoutes
{
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern, WebhookReceiverOptions options)
    {
        var services = endpoints.ServiceProvider;
        var receivers = services.GetService<ReceiverSet>() ?? throw new InvalidOperationException(
            "The services that receivers need have not been added. Call services.AddWebhookReceivers() before the application is built.");
        ReceiverOptionsCheck.ThrowIfFaulty(options, pattern, services);

        var receiver = Create(options.Name ?? pattern, options, services, receivers);
        var group = endpoints.MapGroup(pattern);
        string[] methods = options.Profile.Format is MailUpFormat ? [HttpMethods.Post, HttpMethods.Get] : [HttpMethods.Post];

        // A RequestDelegate binds nothing by reflection, so that trimmed hosts can use it.
        group.MapMethods("", methods, (RequestDelegate)receiver.HandleAsync);
        if (options.AllowedOrigins.Count > 0) group.MapMethods("", [HttpMethods.Options], (RequestDelegate)new ValidationHandshake(options).AnswerAsync);
        return group;
    }

    private static Receiver Create(string name, WebhookReceiverOptions options, IServiceProvider services, ReceiverSet receivers)
    {
        var logger = services.GetRequiredService<SafeLogger<Receiver>>();
        var time = services.GetRequiredService<TimeProvider>();
        var taker = CreateTaker(name, options, services, receivers, time, logger);
        return new Receiver(name, options, new Proof(options), new Verifying(options, time), taker, logger);
    }

    private static IMessageTaker CreateTaker(
        string name, WebhookReceiverOptions options, IServiceProvider services, ReceiverSet receivers, TimeProvider time, SafeLogger<Receiver> logger)
    {
        var isScopeTheTenant = options.ResolveTenant is not null;
        if (options.Forwarding is { } forwarding) return new Forward(services.GetRequiredService<IWebhookPublisher>(), forwarding, isScopeTheTenant, name, logger);

        var json = options.SerializerOptions ?? services.GetService<WebhookOptions>()?.SerializerOptions ?? DefaultJson.CreateOptions();
        var handlers = new HandlerTable(options.Handlers, name, json, services.GetRequiredService<IServiceScopeFactory>());
        if (options.Handling == WebhookHandling.FromStore)
        {
            return receivers.TryAdd(name, handlers)
                ? new HandleFromStore(services.GetRequiredService<Inbox>(), name, options.MaxConcurrency, logger)
                : throw new ArgumentException($"There are two receivers with the name '{name}' that handle from the store. Set WebhookReceiverOptions.Name of one to another.");
        }

        var recent = new RecentIds(options.MaxRemembered, options.RememberFor, time, () => ReceiverLog.ForgettingEarly(logger, name));
        if (options.Handling == WebhookHandling.BeforeAnswer) return new HandleFirst(handlers, recent, new Deadlines(options.HandlerTimeout, time, receivers.Abort), name, logger);
        var queue = new HandleAfter(handlers, recent, options, name, time, logger);
        receivers.Add(queue);
        return queue;
    }
}
