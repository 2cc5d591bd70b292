using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using WebhookKit.Diagnostics;
using WebhookKit.Outcomes;

namespace WebhookKit.Tests.Docs;

/// <summary>The tables of <c>docs/operations.md</c> name everything that there is, and nothing else.</summary>
public sealed class OperationsTableTests
{
    private static readonly MarkdownFile Operations = Repository.Markdown.Single(file => file.Path == "docs/operations.md");

    [TestCase(typeof(WebhookOptions))]
    [TestCase(typeof(BreakerOptions))]
    [TestCase(typeof(EndpointGuardOptions))]
    [TestCase(typeof(RetentionOptions))]
    [TestCase(typeof(InMemoryStoreOptions))]
    [TestCase(typeof(SqliteStoreOptions))]
    [TestCase(typeof(PostgreSqlStoreOptions))]
    public void Options_EveryProperty_IsListedWithItsDefault(Type type)
    {
        var rows = Operations.TableUnder(type.Name);
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        Assert.That(rows.Select(NameOf), Is.EquivalentTo(properties.Select(p => p.Name)));

        var defaults = Activator.CreateInstance(type)!;
        foreach (var property in properties)
        {
            if (Text(property.GetValue(defaults)) is { } value)
                Assert.That(rows.Single(row => NameOf(row) == property.Name)[1], Is.EqualTo(value), property.Name);
        }
    }

    [Test]
    public void Metrics_EveryInstrument_IsListedWithKindAndUnit()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var found = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters)) found.Add($"{instrument.Name} {KindOf(instrument)} {instrument.Unit}");
        };
        listener.Start();
        _ = new WebhookMetrics(meters, TimeProvider.System, new SafeLogger<WebhookMetrics>(NullLoggerFactory.Instance));

        Assert.That(Operations.TableUnder("Metrics").Select(row => $"{NameOf(row)} {row[1]} {row[2].Trim('`')}"), Is.EquivalentTo(found));
    }

    [Test]
    public void Logs_EveryEventId_IsListed()
    {
        var known = typeof(Log).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(method => (method.Name, Attribute: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(method => method.Attribute is not null)
            .Select(method => $"{method.Attribute!.EventId} {method.Name}");
        Assert.That(Operations.TableUnder("Logs").Select(row => $"{row[0]} {row[1].Trim('`')}"), Is.EquivalentTo(known));
    }

    private static string NameOf(string[] row) => row[0].Trim('`');

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        Histogram<double> => "histogram",
        ObservableGauge<long> or ObservableGauge<int> or ObservableGauge<double> => "gauge",
        _ => instrument.GetType().Name,
    };

    private static string? Text(object? value) => value switch
    {
        TimeSpan time => Words.Duration(time),
        int number => number.ToString("N0", CultureInfo.InvariantCulture),
        bool flag => flag ? "yes" : "no",
        "" => "none",
        string text => $"`{text}`",
        _ => null,
    };
}
