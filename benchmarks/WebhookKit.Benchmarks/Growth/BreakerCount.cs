using System.Diagnostics.Metrics;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>How many endpoints are behind an open breaker, as the engine's own gauge has it.</summary>
internal sealed class BreakerCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private int _count;

    public BreakerCount()
    {
        // This one only: measuring the queue is work, which is done while somebody listens to it.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "webhookkit.breakers.open") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, value, _, _) => _count = value);
        _listener.Start();
    }

    public int Read()
    {
        _listener.RecordObservableInstruments();
        return _count;
    }

    public void Dispose() => _listener.Dispose();
}
