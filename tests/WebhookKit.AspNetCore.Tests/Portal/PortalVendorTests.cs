using System.Security.Cryptography;
using System.Text.Json;

namespace WebhookKit.AspNetCore.Tests.Portal;

/// <summary>The libraries of the page are those of the lock, whole and with their licences.</summary>
internal sealed class PortalVendorTests
{
    private static readonly string Folder = Path.Combine(FindRepository(), "src", "WebhookKit.AspNetCore", "Portal");
    private static readonly string Vendor = Path.Combine(Folder, "assets", "vendor");

    [Test]
    public void Versions_OfTheLock_AreThoseThatWereCopied()
    {
        var locked = Read(Path.Combine(Folder, "package-lock.json")).GetProperty("packages").EnumerateObject()
            .Where(p => p.Name.Length > 0)
            .Select(p => $"{p.Name.Replace("node_modules/", "", StringComparison.Ordinal)} {p.Value.GetProperty("version")} {p.Value.GetProperty("integrity")}");
        var copied = Read(Path.Combine(Vendor, "vendor.json")).GetProperty("packages").EnumerateObject()
            .Select(p => $"{p.Name} {p.Value.GetProperty("version")} {p.Value.GetProperty("integrity")}");
        Assert.That(copied, Is.EquivalentTo(locked), "Run update-vendor.sh.");
    }

    [Test]
    public void Files_Copied_AreAsTheyWereCopied()
    {
        var listed = Read(Path.Combine(Vendor, "vendor.json")).GetProperty("files").EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString());
        var found = Directory.GetFiles(Vendor).Where(f => Path.GetFileName(f) != "vendor.json")
            .ToDictionary(f => Path.GetFileName(f), f => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f))));
        Assert.That(found, Is.EquivalentTo(listed), "A library was changed by hand. Run update-vendor.sh.");
    }

    [TestCase("preact", "MIT")]
    [TestCase("htm", "Apache License")]
    [TestCase("uplot", "MIT")]
    public void Licences_OfEachLibrary_AreThere(string library, string words) =>
        Assert.That(File.ReadAllText(Path.Combine(Vendor, $"{library}.LICENSE.txt")), Does.Contain(words).And.Length.GreaterThan(900));

    [Test]
    public void Locks_OfAllPackages_NameNoRegistry() =>
        Assert.That(File.ReadAllText(Path.Combine(Folder, "package-lock.json")), Does.Not.Contain("resolved"));

    private static JsonElement Read(string path) => JsonElement.Parse(File.ReadAllText(path));

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WebhookKit.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        return folder;
    }
}
