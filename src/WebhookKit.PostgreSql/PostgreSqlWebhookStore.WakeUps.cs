using System.Globalization;
using Npgsql;
using WebhookKit.PostgreSql.Connections;

namespace WebhookKit.PostgreSql;

/// <remarks>Messages go by NOTIFY, outside every transaction that stores something: the server lets but one transaction at a time commit those.</remarks>
internal sealed partial class PostgreSqlWebhookStore : IWakeUpChannel
{
    /// <summary>The server takes less than 8,000 bytes.</summary>
    private const int MaxNotification = 7_900;

    /// <summary>How long nothing may be heard before the connection is tried.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    public bool HasListeners => _options.WakeUps;

    private string Channel => string.Create(CultureInfo.InvariantCulture, $"webhookkit_{_storeId:N}");

    public async ValueTask WakeAsync(WakeUp wakeUp, CancellationToken cancellationToken)
    {
        if (!_options.WakeUps) return;
        string[] texts = [.. wakeUp.ToTexts(MaxNotification)];
        await Ready.RunAsync(session => session.Use("SELECT pg_notify($1, t) FROM unnest($2::text[]) t").With(Channel).With(texts).RunAsync(cancellationToken), cancellationToken);
    }

    public async Task ListenAsync(Action<WakeUp> woken, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_options.WakeUps || (_isPooled && _options.ListenConnectionString is null))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
            return;
        }

        try
        {
            await using var connection = await Ready.OpenListenerAsync(_options.ListenConnectionString, cancellationToken);
            await ListenAsync(connection, woken, cancellationToken);
        }
        catch (Exception cause) when (StoreFaults.IsOfServer(cause))
        {
            throw _database.Faults.Explain(cause);
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection, Action<WakeUp> woken, CancellationToken cancellationToken)
    {
        connection.Notification += (_, message) =>
        {
            if (!cancellationToken.IsCancellationRequested) woken(WakeUp.Parse(message.Payload));
        };
        await ExecuteAsync(connection, $"LISTEN {Channel}", cancellationToken);
        woken(WakeUp.Everything);
        try
        {
            while (true)
            {
                // A connection that is dead without having been closed says nothing either.
                if (!await connection.WaitAsync(Silence, cancellationToken)) await ExecuteAsync(connection, "SELECT 1", cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // It goes back to its pool, where nobody expects messages.
            await ExecuteAsync(connection, "UNLISTEN *", CancellationToken.None);
            throw;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
