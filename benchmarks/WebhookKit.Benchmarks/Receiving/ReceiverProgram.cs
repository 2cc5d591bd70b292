using System.Globalization;
using System.Text.Json;
using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Receiving;

/// <summary>The receiver's process: says its ports, then obeys one line of standard input after another until that ends.</summary>
internal static class ReceiverProgram
{
    public static async Task<int> RunAsync(Settings settings)
    {
        using var receiver = new RawReceiver(settings.Get("ports", 1));
        Console.WriteLine(string.Join(' ', receiver.Ports));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line == "reset")
            {
                receiver.Stats.Reset();
                Console.WriteLine("ok");
            }
            else
            {
                var figures = receiver.Stats.Sum(int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture));
                Console.WriteLine(JsonSerializer.Serialize(figures));
            }
        }

        return 0;
    }
}
