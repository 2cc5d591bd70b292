using System.Globalization;

namespace Portal;

/// <summary>Links to all that there is, and the button that makes traffic.</summary>
internal static class StartPage
{
    public static void MapStartPage(this WebApplication app)
    {
        app.MapGet("/", (Traffic traffic) => Results.Content(Html(traffic), "text/html; charset=utf-8"));
        app.MapPost("/traffic", (Traffic traffic) =>
        {
            traffic.IsOn = !traffic.IsOn;
            return Results.Redirect("/");
        });
    }

    private static string Html(Traffic traffic) => $$"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>WebhookKit sample</title>
          <link rel="icon" href="data:,">
          <style>
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
            body { max-width: 42rem; margin: 3rem auto; padding: 0 1.25rem; }
            li { margin-block: .6rem; }
            button { min-height: 44px; padding: 0 1.2rem; font: inherit; font-weight: 600; cursor: pointer; }
          </style>
        </head>
        <body>
          <h1>A small shop</h1>
          <p>It tells other programs what happens, by webhooks. Some of their receivers answer well; one is slow, one fails now and then, one always.</p>
          <form method="post" action="/traffic"><button>{{(traffic.IsOn ? "Stop the traffic" : "Start the traffic")}}</button>
            <span id="published">{{traffic.Published.ToString(CultureInfo.InvariantCulture)}} events published.</span></form>
          <h2>To look at</h2>
          <ul>
        {{string.Join('\n', Seed.Lists.Select(l => $"    <li><a href=\"/{l.Key}/webhooks/\">The portal of the list “{l.Value}”</a> (<a href=\"/{l.Key}/api/webhooks\">its API</a>, <a href=\"/{l.Key}/api/webhooks/openapi.json\">described in OpenAPI</a>)</li>"))}}
            <li><a href="/inspect/#bin=sample">The inspector</a>: what arrives at one of the webhooks, live</li>
          </ul>
        </body>
        </html>
        """;
}
