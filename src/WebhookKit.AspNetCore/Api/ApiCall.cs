using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace WebhookKit.AspNetCore.Api;

/// <summary>One request to the API, whose tenant is known. All that is found is the tenant's: what belongs to another is as if it were not there.</summary>
internal sealed class ApiCall(HttpContext context, WebhookApiOptions options, string? tenantId)
{
    public const int MaxPageSize = 1000;
    private const int MaxIdLength = 64;
    private const int MaxShown = 100;

    public HttpContext Context => context;

    public WebhookApiOptions Options => options;

    public string? TenantId => tenantId;

    public CancellationToken Aborted => context.RequestAborted;

    public IWebhookSubscriptions Subscriptions => context.RequestServices.GetRequiredService<IWebhookSubscriptions>();

    public IWebhookDeliveries Deliveries => context.RequestServices.GetRequiredService<IWebhookDeliveries>();

    public IWebhookStatistics Statistics => context.RequestServices.GetRequiredService<IWebhookStatistics>();

    public DateTimeOffset Now => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    /// <summary>The end of a range that has what happens just now.</summary>
    public DateTimeOffset JustAfterNow => Now.AddTicks(1);

    /// <summary>What is wrong with the query, gathered as it is read.</summary>
    public FieldErrors Errors { get; } = new();

    public IWebhookCatalog Catalog => context.RequestServices.GetRequiredService<IWebhookCatalog>();

    /// <summary>The address of the route, without its query.</summary>
    public string Url => $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{context.Request.Path}";

    public string Route(string name) => context.GetRouteValue(name) as string ?? "";

    /// <summary>A text of the query, unless it is empty.</summary>
    public string? Query(string name)
    {
        if (!context.Request.Query.TryGetValue(name, out var values) || values.Count == 0 || values[0] is not { Length: > 0 } text) return null;
        if (!text.Contains('\0', StringComparison.Ordinal)) return text;
        return Refuse<string?>(name, "It has the character U+0000. Leave it out.", null);
    }

    public bool Has(string name) => context.Request.Query.ContainsKey(name);

    /// <summary>A number of the query.</summary>
    public int Query(string name, int otherwise, int least, int most)
    {
        if (Query(name) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        return Refuse(name, $"'{Shown(text)}' is refused. Use a number from {least} to {most}.", otherwise);
    }

    public int QueryLimit() => Query("limit", options.PageSize, 1, MaxPageSize);

    public T? Query<T>(string name)
        where T : struct, Enum
    {
        if (Query(name) is not { } text) return null;
        return SnakeCase.TryParse<T>(text, out var value) ? value : Refuse<T?>(name, $"'{Shown(text)}' is refused. Use one of {SnakeCase.All<T>()}.", null);
    }

    public DateTimeOffset? QueryTime(string name)
    {
        if (Query(name) is not { } text) return null;
        return ApiTime.TryParse(text, out var time) ? time : Refuse<DateTimeOffset?>(name, $"'{Shown(text)}' is refused. {ApiTime.Help}", null);
    }

    public async Task<WebhookSubscription> FindWebhookAsync()
    {
        // What can be no id is not asked for: stores need not take every text.
        var id = Route("id");
        var found = id.Length <= MaxIdLength && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? await Subscriptions.GetAsync(id, Aborted) : null;
        return found is not null && found.TenantId == tenantId ? found : throw ApiException.NotFound("webhook");
    }

    public async Task<WebhookDelivery> FindDeliveryAsync()
    {
        var found = Guid.TryParse(Route("id"), out var id) ? await Deliveries.GetAsync(id, Aborted) : null;
        return found is not null && found.TenantId == tenantId ? found : throw ApiException.NotFound("delivery");
    }

    /// <summary>Reads the body: a JSON object, or nothing, which is an empty one.</summary>
    public async Task<JsonElement> ReadBodyAsync()
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, Aborted)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > options.MaxBodyBytes)
                throw new ApiException(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {options.MaxBodyBytes} bytes.");
        }

        return BodyJson.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    /// <summary>A new webhook, without the batching of its profile if the request says that there is to be none.</summary>
    public async Task<WebhookSubscription> CreateAsync(NewWebhookSubscription wanted, bool isUnbatched)
    {
        var created = await Subscriptions.CreateAsync(wanted, Aborted);
        return isUnbatched ? await SwitchOffBatchingAsync(created) : created;
    }

    /// <summary>What has been made or got another profile has the batching of that, if there is any.</summary>
    public async ValueTask<WebhookSubscription> SwitchOffBatchingAsync(WebhookSubscription webhook) =>
        webhook.Batching is null ? webhook : await Subscriptions.UpdateAsync(webhook with { Batching = null }, Aborted);

    /// <summary>Refuses a change of something that has changed since the caller read it.</summary>
    public void CheckIfMatch(WebhookSubscription subscription)
    {
        var expected = context.Request.Headers.IfMatch;
        if (expected.Count == 0 || expected.Any(e => e == "*")) return;
        if (!Split(expected).Contains(ETag.Of(subscription))) throw ApiException.Stale();
    }

    private static IEnumerable<string> Split(StringValues values) => values.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries));

    private T Refuse<T>(string field, string message, T instead)
    {
        Errors.Add(field, message);
        return instead;
    }

    private static string Shown(string text) => text.Length <= MaxShown ? text : $"{text[..MaxShown]}…";
}
