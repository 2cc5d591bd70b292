using System.Collections.Specialized;
using System.Text.Json;
using Quartz.Spi;

namespace WebhookKit.Benchmarks.Yardsticks.Scheduler;

/// <summary>How the scheduler writes down names and values. Its own serializers are in packages of their own.</summary>
internal sealed class PropertiesSerializer : IObjectSerializer
{
    public void Initialize()
    {
        // There is nothing to prepare.
    }

    public byte[] Serialize<T>(T obj) where T : class
    {
        var properties = obj as NameValueCollection ?? throw new NotSupportedException($"Only names and values are written, not a {typeof(T)}.");
        return JsonSerializer.SerializeToUtf8Bytes(properties.AllKeys.ToDictionary(k => k!, k => properties[k]));
    }

    public T? DeSerialize<T>(byte[] data) where T : class
    {
        var properties = new NameValueCollection();
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(data)!) properties[name] = value;
        return (T)(object)properties;
    }
}
