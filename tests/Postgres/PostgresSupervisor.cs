using System.Diagnostics;

namespace WebhookKit.Tests.Postgres;

/// <summary>
/// A shell that runs the server and obeys this process line by line. When its input ends, because it is disposed of or because this
/// process is gone, however that came, it ends the server and removes the folder.
/// </summary>
internal sealed class PostgresSupervisor : IAsyncDisposable, IDisposable
{
    // Ready is what pg_ctl takes for it: the server's own note of its state. The first line says whether it is this server's note.
    // The signals that a terminal sends to all its processes are for the tests, not for the server.
    private const string Script = """
        trap '' HUP INT TERM
        folder=$1 server=$2
        is_ready() { [ "$(sed -n 1p "$folder/data/postmaster.pid")" = $pid ] && sed -n 8p "$folder/data/postmaster.pid" | grep -q ready; }
        start() {
          "$server" -D "$folder/data" </dev/null >>"$folder/log" 2>&1 &
          pid=$!
          until is_ready; do
            kill -0 $pid || { pid=; echo failed; return; }
            sleep 0.02
          done
          echo done
        }
        stop() {
          [ -z "$pid" ] || { kill -s QUIT $pid; wait $pid; }
          pid=
        }
        exec 2>/dev/null
        while read -r word; do
          case $word in
            start) start ;;
            stop) stop; echo done ;;
          esac
        done
        stop
        rm -rf "$folder"
        """;

    private readonly Process _process;
    private readonly string _folder;

    private PostgresSupervisor(Process process, string folder) => (_process, _folder) = (process, folder);

    /// <summary>The shell's process, which is the last to end.</summary>
    public int ProcessId => _process.Id;

    public static PostgresSupervisor Start(string folder)
    {
        var commandLine = PostgresUser.CommandLine("/bin/sh", "-c", Script, "sh", folder, PostgresBinaries.PathOf("postgres"));
        return new PostgresSupervisor(
            Process.Start(new ProcessStartInfo(commandLine[0], commandLine[1..])
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!,
            folder);
    }

    /// <summary>Starts the server and returns when it can be connected to.</summary>
    public Task StartServerAsync() => AskAsync("start");

    /// <summary>Ends the server as a crash would: connections break, and what was not committed is gone.</summary>
    public Task StopServerAsync() => AskAsync("stop");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The same, where nothing can be awaited any more.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task AskAsync(string word)
    {
        await _process.StandardInput.WriteLineAsync(word);
        await _process.StandardInput.FlushAsync();
        var answer = await _process.StandardOutput.ReadLineAsync();
        if (answer == "done") return;

        var log = Path.Combine(_folder, "log");
        throw new InvalidOperationException($"PostgreSQL in {_folder} did not {word}:\n{(File.Exists(log) ? await File.ReadAllTextAsync(log) : "it has written no log.")}");
    }
}
