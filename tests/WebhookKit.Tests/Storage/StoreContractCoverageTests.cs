using System.Reflection;
using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Storage;

/// <summary>No store of the library goes without the contract, and no case of it is lost.</summary>
public sealed class StoreContractCoverageTests
{
    private static readonly Type[] Contracts =
        [.. typeof(StoreContractCoverageTests).Assembly.GetTypes().Where(t => !t.IsAbstract && ContractOf(t) is not null)];

    [Test]
    public void EveryStore_HasAContractTest()
    {
        var stores = from file in Directory.EnumerateFiles(AppContext.BaseDirectory, "WebhookKit*.dll")
                     let assembly = Assembly.Load(Path.GetFileNameWithoutExtension(file))
                     where assembly != typeof(StoreContractCoverageTests).Assembly
                     from type in assembly.GetTypes()
                     where !type.IsAbstract && type.IsAssignableTo(typeof(IWebhookStore))
                     select type;

        Assert.That(Contracts.Select(t => ContractOf(t)!.GenericTypeArguments[0]), Is.EquivalentTo(stores));
    }

    [TestCaseSource(nameof(Contracts))]
    public void ContractTest_Any_LeavesOutNoCase(Type contract)
    {
        var methods = contract.GetMethods().Where(m => m.Name == "Store");

        Assert.Multiple(() =>
        {
            Assert.That(methods.Select(m => m.DeclaringType), Is.EqualTo(new[] { ContractOf(contract) }));
            Assert.That(contract.IsDefined(typeof(IgnoreAttribute)) || contract.IsDefined(typeof(ExplicitAttribute)), Is.False);
        });
    }

    [Test]
    public void Cases_Names_AreUnique() => Assert.That(StoreContract.Cases.Select(c => c.Name), Is.Unique);

    [Test]
    public void Cases_EachMethodOfAGroup_IsAmongThem()
    {
        // A case has underscores in its name, a helper has none.
        var methods = from type in typeof(StoreContract).Assembly.GetTypes()
                      where type.Name.EndsWith("Cases", StringComparison.Ordinal)
                      from method in type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                      where method.Name.Contains('_', StringComparison.Ordinal) && !method.Name.StartsWith('<') && method.ReturnType == typeof(Task)
                      select method.Name;

        Assert.That(methods, Is.SubsetOf(StoreContract.Cases.Select(c => c.Name)).And.Not.Empty);
    }

    private static Type? ContractOf(Type type) =>
        type.BaseType is { IsGenericType: true } contract && contract.GetGenericTypeDefinition() == typeof(StoreContractTests<>) ? contract : null;
}
