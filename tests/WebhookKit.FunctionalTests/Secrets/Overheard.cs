using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace WebhookKit.FunctionalTests.Secrets;

/// <summary>Writes down everything that a process tells of itself: logs of every level with their state and scopes, metrics, activities.</summary>
internal sealed class Overheard : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentDictionary<string, bool> _texts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _sources = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();
    private IExternalScopeProvider? _scopes;

    public Overheard()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = HearActivity,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => HearMeasurement(instrument, value, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => HearMeasurement(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => HearMeasurement(instrument, value, tags));
        _meters.Start();
    }

    public IEnumerable<string> Texts => _texts.Keys;

    /// <summary>How often each category of logs, meter and activity source was heard.</summary>
    public IReadOnlyDictionary<string, int> Sources => _sources;

    public void Hear(string source, object? text)
    {
        _sources.AddOrUpdate(source, 1, (_, count) => count + 1);
        foreach (var line in Lines(text)) _texts[$"{source}: {line}"] = true;
    }

    public void Observe() => _meters.RecordObservableInstruments();

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, this);

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    /// <summary>A value as every sink could write it: its text, and that of what it holds.</summary>
    private static IEnumerable<string?> Lines(object? value)
    {
        yield return value?.ToString();
        if (value is string or not IEnumerable) yield break;
        foreach (var item in (IEnumerable)value)
        {
            foreach (var line in Lines(item is KeyValuePair<string, object?> pair ? $"{pair.Key}={string.Join(' ', Lines(pair.Value))}" : item)) yield return line;
        }
    }

    private void HearActivity(Activity activity)
    {
        var source = $"activity {activity.Source.Name}";
        Hear(source, $"{activity.OperationName} {activity.DisplayName} {activity.StatusDescription} {activity.TraceStateString}");
        Hear(source, activity.TagObjects);
        Hear(source, activity.Baggage);
        foreach (var happened in activity.Events)
        {
            Hear(source, happened.Name);
            Hear(source, happened.Tags);
        }

        foreach (var link in activity.Links) Hear(source, link.Tags);
    }

    private void HearMeasurement<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Hear($"meter {instrument.Meter.Name}", $"{instrument.Name} {value}");
        Hear($"meter {instrument.Meter.Name}", tags.ToArray());
    }

    private sealed class Logger(string category, Overheard overheard) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => overheard._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var source = $"log {category}";
            overheard.Hear(source, formatter(state, exception));
            overheard.Hear(source, state);
            overheard.Hear(source, exception);
            overheard._scopes?.ForEachScope((scope, o) => o.Hear(source, scope), overheard);
        }
    }
}
