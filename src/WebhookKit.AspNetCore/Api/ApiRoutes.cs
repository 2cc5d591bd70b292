using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Maps the routes of the API. Each knows its tenant before anything else happens, and answers every fault of the library as a problem.</summary>
/// <param name="group">Where the routes go.</param>
/// <param name="options">The options of the API.</param>
/// <param name="refuse">Answers with what went wrong.</param>
/// <param name="guard">Looks at each request first, and throws where it is refused.</param>
internal sealed class ApiRoutes(RouteGroupBuilder group, WebhookApiOptions options, Func<HttpContext, ApiException, Task> refuse, Action<HttpContext>? guard = null)
{
    public void Get(string pattern, Func<ApiCall, Task> handle) => Map(HttpMethods.Get, pattern, handle);

    public void Post(string pattern, Func<ApiCall, Task> handle) => Map(HttpMethods.Post, pattern, handle);

    public void Put(string pattern, Func<ApiCall, Task> handle) => Map(HttpMethods.Put, pattern, handle);

    public void Delete(string pattern, Func<ApiCall, Task> handle) => Map(HttpMethods.Delete, pattern, handle);

    // A RequestDelegate binds nothing by reflection, so that trimmed hosts can use it.
    private void Map(string method, string pattern, Func<ApiCall, Task> handle) =>
        group.MapMethods(pattern, [method], (RequestDelegate)(context => RunAsync(context, handle)));

    private async Task RunAsync(HttpContext context, Func<ApiCall, Task> handle)
    {
        try
        {
            guard?.Invoke(context);
            var tenant = options.ResolveTenant is { } resolve ? await resolve(context) : null;
            if (tenant is null && options.ResolveTenant is not null) throw ApiException.NoTenant();
            await handle(new ApiCall(context, options, tenant));
        }
        catch (ApiException problem)
        {
            await refuse(context, problem);
        }
        catch (WebhookException fault)
        {
            await refuse(context, ApiException.Of(fault));
        }
    }
}
