using System.Globalization;
using Cluster.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cluster;

/// <summary>The other side: a web server on a free loopback port that notes what arrives at each endpoint, from which node, and in which order.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Endpoint, int Number), int> _arrived = [];
    private readonly Dictionary<string, int> _last = [];
    private readonly Dictionary<string, int> _ofNode = [];
    private int _outOfOrder;

    private Receiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<Receiver> StartAsync(CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.MapPost("/{endpoint}", (string endpoint, HttpRequest request) => receiver.Note(endpoint, request.Headers));
        await app.StartAsync(stop);
        return receiver;
    }

    public Arrivals Count()
    {
        lock (_lock) return new Arrivals(_arrived.Count, _arrived.Values.Count(times => times > 1), _outOfOrder);
    }

    /// <summary>How many requests a node has delivered.</summary>
    public int CountOf(string node)
    {
        lock (_lock) return _ofNode.GetValueOrDefault(node);
    }

    /// <summary>How many deliveries of the events up to a number have not arrived.</summary>
    public int CountMissing(int published)
    {
        lock (_lock) return (published * ClusterWebhooks.Endpoints) - _arrived.Keys.Count(key => key.Number <= published);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Note(string endpoint, IHeaderDictionary headers)
    {
        // The events are numbered, and the number is their id.
        var number = int.Parse(headers["webhook-id"].ToString(), CultureInfo.InvariantCulture);
        var node = headers["x-node"].ToString();
        lock (_lock)
        {
            _ofNode[node] = _ofNode.GetValueOrDefault(node) + 1;
            var times = _arrived[(endpoint, number)] = _arrived.GetValueOrDefault((endpoint, number)) + 1;
            var last = _last.GetValueOrDefault(endpoint);
            if (times == 1 ? number != last + 1 : number != last) _outOfOrder++;
            _last[endpoint] = Math.Max(last, number);
        }
    }
}

/// <summary>What has arrived: how many deliveries, how many of them more than once, how many out of order.</summary>
internal sealed record Arrivals(int Deliveries, int MoreThanOnce, int OutOfOrder);
