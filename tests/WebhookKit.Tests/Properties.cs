using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace WebhookKit.Tests;

/// <summary>Checks that something holds for whatever a generator makes; the same values in every run.</summary>
internal static class Properties
{
    private static readonly Replay Seed = new(new Rnd(20_301_107), FSharpOption<int>.None);

    private static readonly Config Config = FsCheck.Config.QuickThrowOnFailure.WithReplay(FSharpOption<Replay>.Some(Seed)).WithEndSize(300);

    public static void Hold<T>(Gen<T> values, Action<T> property, int tests = 150) =>
        Check.One(Config.WithMaxTest(tests), Prop.ForAll(values.ToArbitrary(), property));
}
