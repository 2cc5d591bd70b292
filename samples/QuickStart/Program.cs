using Microsoft.Extensions.Options;
using QuickStart;
using WebhookKit;
using Options = QuickStart.Options;

var options = Options.Parse(args);
if (options.ShowHelp)
{
    Console.WriteLine(Options.Help);
    return 0;
}

if (options.Error is not null) return Refuse($"{options.Error} Try --help.");

Stream input;
try
{
    input = EventReader.Open(options.File);
}
catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
{
    return Refuse($"Cannot read '{options.File}': {(Directory.Exists(options.File) ? "it is a directory." : cause.Message)}");
}

try
{
    return await MainJob.RunAsync(options.Store, input) ? 0 : 1;
}
catch (Exception cause) when (cause is InvalidDataException or OptionsValidationException or WebhookStoreException)
{
    return Refuse(cause.Message);
}

static int Refuse(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
