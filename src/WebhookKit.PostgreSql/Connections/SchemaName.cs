using System.Collections.Concurrent;

namespace WebhookKit.PostgreSql.Connections;

/// <summary>Puts the schema into statements, in which <c>~.</c> stands for it.</summary>
internal sealed class SchemaName(string name)
{
    private const string Mark = "~.";

    private readonly ConcurrentDictionary<string, string> _statements = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>The name as SQL has it.</summary>
    public string Quoted { get; } = $"\"{name}\"";

    /// <summary>A statement of this library, of which there are a few dozen.</summary>
    public string Of(string statement) => _statements.GetOrAdd(statement, Replace);

    public string Replace(string text) => text.Replace(Mark, Quoted + ".", StringComparison.Ordinal);
}
