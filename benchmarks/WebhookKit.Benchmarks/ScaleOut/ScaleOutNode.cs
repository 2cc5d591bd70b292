using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Stores;

namespace WebhookKit.Benchmarks.ScaleOut;

/// <summary>One of the worker processes: delivers until its input ends.</summary>
internal static class ScaleOutNode
{
    public const string Command = "scaleout-node";

    public static OwnProcess Start(string database, int concurrency) => OwnProcess.Start(
        [Command, "--database", database, "--concurrency", concurrency.ToString(System.Globalization.CultureInfo.InvariantCulture)], [("DOTNET_gcServer", "0")]);

    public static async Task<int> RunAsync(Settings settings)
    {
        await using var store = new DatabaseStore(settings.Text("database", ""));
        await using var host = await EngineHost.StartAsync(
            options =>
            {
                options.MaxConcurrency = settings.Get("concurrency", 64);
                options.LeaseDuration = TimeSpan.FromSeconds(24); // the shortest there is: nodes notice each other soon
            },
            store.Configure);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is not null)
        {
            // There is nothing to ask it.
        }

        return 0;
    }
}
