using System.Globalization;
using WebhookKit.Sqlite.Connections;

namespace WebhookKit.Sqlite.Rows;

/// <summary>The one row of what is true of the whole store.</summary>
internal static class InfoRow
{
    public static long ReadChangeNumber(SqliteSession session) => Read(session, "SELECT change_number FROM webhook_info");

    public static long ReadForgottenUpTo(SqliteSession session) => Read(session, "SELECT forgotten_up_to FROM webhook_info");

    /// <summary>Takes the next change number.</summary>
    public static long AdvanceChangeNumber(SqliteSession session)
    {
        session.Run("UPDATE webhook_info SET change_number = change_number + 1");
        return ReadChangeNumber(session);
    }

    private static long Read(SqliteSession session, string sql) => long.Parse(session.Scalar(sql)!, CultureInfo.InvariantCulture);
}
