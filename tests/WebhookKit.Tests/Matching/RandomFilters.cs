namespace WebhookKit.Tests.Matching;

/// <summary>Makes valid filters at random.</summary>
internal static class RandomFilters
{
    private static readonly string[] Paths = ["$", "$.a", "$.b.c", "$.items[0]", "$.items[1].id", "$['odd \\'name']"];
    private static readonly string[] Words = ["", "x", "xy", "API", "ü\"\\\n😀", "1"];

    public static WebhookFilter Next(Random random, int depth) => (depth > 0 ? random.Next(6) : 5) switch
    {
        0 => Next(random, depth - 1) & Next(random, depth - 1),
        1 => Next(random, depth - 1) | Next(random, depth - 1),
        2 => !Next(random, depth - 1),
        _ => Condition(random),
    };

    private static WebhookFilter Condition(Random random)
    {
        var isAttribute = random.Next(3) == 0;
        var field = isAttribute ? WebhookFilter.Attribute("k" + random.Next(3)) : WebhookFilter.Data(Pick(random, Paths));
        return random.Next(8) switch
        {
            0 => field.Exists(),
            1 => field.StartsWith(Pick(random, Words)),
            2 => field.LessThan(Number(random)),
            3 => field.LessThanOrEqualTo(Number(random)),
            4 => field.GreaterThan(Number(random)),
            5 => field.GreaterThanOrEqualTo(Number(random)),
            6 => field.In(Value(random, isAttribute), Value(random, isAttribute)),
            _ => field.EqualTo(Value(random, isAttribute)),
        };
    }

    private static WebhookFilterValue Value(Random random, bool isAttribute) => random.Next(isAttribute ? 4 : 6) switch
    {
        0 => Number(random),
        1 => random.NextDouble() * Math.Pow(10, random.Next(-40, 40)),
        2 or 3 => Pick(random, Words),
        4 => random.Next(2) == 0,
        _ => null,
    };

    private static decimal Number(Random random) => random.Next(-3, 4) / (decimal)random.Next(1, 4);

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
