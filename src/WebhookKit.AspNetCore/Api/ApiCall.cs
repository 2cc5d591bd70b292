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

    public HttpContext Context => context;

    public WebhookApiOptions Options => options;

    public string? TenantId => tenantId;

    public CancellationToken Aborted => context.RequestAborted;

    public IWebhookSubscriptions Subscriptions => context.RequestServices.GetRequiredService<IWebhookSubscriptions>();

    public IWebhookDeliveries Deliveries => context.RequestServices.GetRequiredService<IWebhookDeliveries>();

    public IWebhookCatalog Catalog => context.RequestServices.GetRequiredService<IWebhookCatalog>();

    /// <summary>The address of the route, without its query.</summary>
    public string Url => $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{context.Request.Path}";

    public string Route(string name) => context.GetRouteValue(name) as string ?? "";

    public string? Query(string name) => context.Request.Query.TryGetValue(name, out var values) && values.Count > 0 && values[0] is { Length: > 0 } text ? text : null;

    /// <summary>A number of the query.</summary>
    public int Query(string name, int otherwise, int least, int most)
    {
        if (Query(name) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        throw Invalid(name, $"'{text}' is refused. Use a number from {least} to {most}.");
    }

    public int QueryLimit() => Query("limit", options.PageSize, 1, MaxPageSize);

    public T? Query<T>(string name)
        where T : struct, Enum
    {
        if (Query(name) is not { } text) return null;
        return SnakeCase.TryParse<T>(text, out var value) ? value : throw Invalid(name, $"'{text}' is refused. Use one of {SnakeCase.All<T>()}.");
    }

    public DateTimeOffset? QueryTime(string name)
    {
        if (Query(name) is not { } text) return null;
        return ApiTime.TryParse(text, out var time) ? time : throw Invalid(name, $"'{text}' is refused. {ApiTime.Help}");
    }

    public async Task<WebhookSubscription> FindWebhookAsync()
    {
        var found = await Subscriptions.GetAsync(Route("id"), Aborted);
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

        try
        {
            using var document = JsonDocument.Parse(bytes.Length == 0 ? "{}"u8.ToArray() : bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw ApiException.BadRequest("The body is no JSON object.");
        }
        catch (JsonException cause)
        {
            throw ApiException.BadRequest($"The body is no JSON: {cause.Message}");
        }
    }

    /// <summary>Refuses a change of something that has changed since the caller read it.</summary>
    public void CheckIfMatch(WebhookSubscription subscription)
    {
        var expected = context.Request.Headers.IfMatch;
        if (expected.Count == 0 || expected.Any(e => e == "*")) return;
        if (!Split(expected).Contains(ETag.Of(subscription))) throw ApiException.Stale();
    }

    private static IEnumerable<string> Split(StringValues values) => values.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries));

    private static ApiException Invalid(string field, string message) =>
        new(StatusCodes.Status422UnprocessableEntity, "The given data was invalid.", new Dictionary<string, List<string>> { [field] = [message] });
}
