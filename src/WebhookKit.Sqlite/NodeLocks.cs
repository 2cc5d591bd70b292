using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WebhookKit.Sqlite;

/// <summary>
/// Tells at once that a process has died, whose leases would otherwise run on: each node holds a lock on a small file beside the database,
/// and the operating system releases it with the process.
/// </summary>
internal sealed class NodeLocks(string databasePath) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileStream> _own = new(StringComparer.Ordinal);
    private bool? _works;

    /// <summary>Takes the lock of a node of this process, if it has none yet.</summary>
    public void Hold(string nodeId)
    {
        lock (_gate)
        {
            if (_own.ContainsKey(nodeId)) return;
            try
            {
                _own.Add(nodeId, new FileStream(PathOf(nodeId), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));

                // Some file systems have no locks: there, what can be opened says nothing.
                _works ??= !CanOpen(nodeId);
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                // Without a lock the others wait for the lease, as they would between machines.
            }
        }
    }

    /// <summary>Whether a node is certainly dead.</summary>
    public bool IsDead(string nodeId)
    {
        lock (_gate) return _works == true && !_own.ContainsKey(nodeId) && File.Exists(PathOf(nodeId)) && CanOpen(nodeId);
    }

    /// <summary>Gives a lock up, or removes what a dead node left behind. Only once the node's row is gone: without the file nobody sees that it is dead.</summary>
    public void Drop(string nodeId)
    {
        lock (_gate)
        {
            if (_own.Remove(nodeId, out var own)) own.Dispose();
            try
            {
                File.Delete(PathOf(nodeId));
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                // An empty file stays behind.
            }
        }
    }

    /// <summary>Lets go of all locks. The files stay: they show the others that these nodes, whose rows are still there, are dead.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var file in _own.Values) file.Dispose();
            _own.Clear();
        }
    }

    private bool CanOpen(string nodeId)
    {
        try
        {
            using var file = new FileStream(PathOf(nodeId), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A node's name may have any characters.
    private string PathOf(string nodeId) =>
        string.Create(CultureInfo.InvariantCulture, $"{databasePath}-node-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(nodeId)).AsSpan(0, 8))}");
}
