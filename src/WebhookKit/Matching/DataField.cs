using System.Text.Json;

namespace WebhookKit.Matching;

/// <summary>A part of the event's data. Equal by the path's text.</summary>
internal sealed record DataField : WebhookFilterField
{
    // Null while the path is bad: then the field is nowhere to be found, and the check says why.
    private readonly JsonPath? _path;
    private readonly string? _fault;

    public DataField(string path)
    {
        Path = path;
        _path = JsonPath.Parse(path, out _fault);
    }

    public string Path { get; }

    public bool Equals(DataField? other) => other is not null && Path == other.Path;

    public override int GetHashCode() => Path.GetHashCode();

    internal override bool TryFind(ref FilterSubject subject, out FoundValue found)
    {
        found = default;
        if (_path is null || !subject.TryGetData(out var root) || !_path.TryFind(root, out var element)) return false;
        found = new FoundValue(element);
        return true;
    }

    internal override void Check(FilterCheck check, string at, WebhookFilterValue[] values)
    {
        check.Text(at, "path", Path);
        if (_fault is not null) check.Add(at, _fault);
    }

    internal override void Write(Utf8JsonWriter writer) => writer.WriteString("data", Path);
}
