using System.Collections;
using System.Reflection;

namespace WebhookKit.Benchmarks.Matching;

/// <summary>Counts the tasks that have begun and not ended, by way of what the runtime keeps for debuggers.</summary>
internal static class TaskCensus
{
    private const BindingFlags Hidden = BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>Begins to count: tasks that begin from now on.</summary>
    public static void Start() => Field("s_asyncDebuggingEnabled").SetValue(null, true);

    public static void Stop() => Field("s_asyncDebuggingEnabled").SetValue(null, false);

    public static int Count() => (Field("s_currentActiveTasks").GetValue(null) as ICollection)?.Count ?? 0;

    private static FieldInfo Field(string name) =>
        typeof(Task).GetField(name, Hidden) ?? throw new InvalidOperationException($"This runtime's Task has no field '{name}': count its tasks in another way.");
}
