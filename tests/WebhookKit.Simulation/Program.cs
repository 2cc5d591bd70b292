using System.Diagnostics;
using System.Globalization;
using WebhookKit.Simulation.Mutating;
using WebhookKit.Simulation.Running;

// --seed N repeats one run and tells what happened; --seeds N [--from M] [--most K] runs many on all processors, until K have broken a rule;
// --mutations N [--first K] [--last L] looks whether each bug of a list is noticed within N seeds.
var arguments = Enumerable.Range(0, args.Length / 2).ToDictionary(i => args[2 * i], i => int.Parse(args[(2 * i) + 1], CultureInfo.InvariantCulture));
if (arguments.TryGetValue("--seed", out var seed))
{
    var run = SimRun.Run(seed, traces: true);
    foreach (var line in run.Trace) Console.WriteLine(line);
    if (run.Fault is not null) Console.WriteLine($"\n{run.Story}");
    Console.WriteLine($"seed {run.Seed}: {run.Requests} requests in {run.Lasted}, digest {run.Digest:x16}: {run.Fault ?? "no rule was broken"}");
    return run.Fault is null ? 0 : 1;
}

if (arguments.TryGetValue("--mutations", out var seeds))
    return MutationRun.Run(seeds, arguments.GetValueOrDefault("--first", 1), arguments.GetValueOrDefault("--last", int.MaxValue));


var many = ManyRuns.Run(arguments.GetValueOrDefault("--from", 0), arguments.GetValueOrDefault("--seeds", 1000), arguments.GetValueOrDefault("--most", int.MaxValue));
var took = Process.GetCurrentProcess().TotalProcessorTime;
Console.WriteLine($"{many.Seeds} seeds, {many.Requests} requests, {many.Broken} broken, in {many.Took.TotalSeconds:0.0} s ({took / many.Seeds:s\\.ffff} s of processor time each)");
return many.Broken == 0 ? 0 : 1;
