using Cluster;
using Cluster.Nodes;
using WebhookKit;
using WebhookKit.Tests.Postgres;

// The sample starts itself again for each node.
if (args is [NodeProcess.Mode, ..]) return await Node.RunAsync(NodeSettings.Parse(args[1..]));

var options = Options.Parse(args);
if (options.ShowHelp)
{
    Console.WriteLine(Options.Help);
    return 0;
}

if (options.Error is not null) return Refuse($"{options.Error} Try --help.");
if (options.Postgres is null && PostgresServer.WhyNot is { } why) return Refuse($"{why} Or pass --postgres CONNECTION.");

using var stopping = new Stopping();
try
{
    return await Demonstration.RunAsync(options, stopping.Token) ? 0 : 1;
}
catch (OperationCanceledException) when (stopping.Token.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped; everything is cleaned up.");
    return 1;
}
catch (Exception cause) when (cause is WebhookStoreException or Npgsql.NpgsqlException or InvalidOperationException or ArgumentException)
{
    return Refuse(cause.Message);
}

static int Refuse(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
