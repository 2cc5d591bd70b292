using System.Runtime.CompilerServices;

namespace WebhookKit.Testing;

/// <summary>One thing that every <see cref="IWebhookStore"/> must do. <see cref="StoreContract.Cases"/> has them all.</summary>
public sealed class StoreContractCase
{
    private readonly Func<StoreDriver, Task> _run;

    private StoreContractCase(string group, string name, Func<StoreDriver, Task> run)
    {
        Group = group;
        Name = name;
        _run = run;
    }

    /// <summary>What part of the contract it is about, such as <c>publish</c>.</summary>
    public string Group { get; }

    /// <summary>What it checks, such as <c>Settle_Twice_ChangesNothingTheSecondTime</c>. No two cases have the same.</summary>
    public string Name { get; }

    /// <summary>Runs it against a store of its own.</summary>
    /// <param name="createFixture">Makes a fresh, empty store. Called once; the fixture is disposed at the end.</param>
    /// <returns>When the store has passed.</returns>
    /// <exception cref="WebhookAssertionException">The store did something else; the message says what was expected and what there was.</exception>
    public async Task RunAsync(Func<Task<StoreFixture>> createFixture)
    {
        ArgumentNullException.ThrowIfNull(createFixture);
        await using var fixture = await createFixture();
        await fixture.Store.InitializeAsync(CancellationToken.None);
        await _run(new StoreDriver(fixture));
    }

    /// <summary>The group and the name.</summary>
    /// <returns>A text such as <c>settling: Settle_Twice_ChangesNothingTheSecondTime</c>.</returns>
    public override string ToString() => $"{Group}: {Name}";

    /// <summary>Makes a case of a method, and names it by that.</summary>
    internal static StoreContractCase Of(string group, Func<StoreDriver, Task> run, [CallerArgumentExpression(nameof(run))] string name = "") => new(group, name, run);
}
