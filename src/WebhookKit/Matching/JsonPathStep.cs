namespace WebhookKit.Matching;

/// <summary>A step of a path: into a property if it has a name, else to an array's element.</summary>
internal readonly record struct JsonPathStep(string? Name, int Index);
