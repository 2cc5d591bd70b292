using FsCheck;
using FsCheck.Fluent;

namespace WebhookKit.Tests.Signing;

/// <summary>Makes secrets that are good for a signer.</summary>
internal static class SecretGen
{
    /// <summary><c>whsec_</c> and 24 to 64 bytes.</summary>
    public static Gen<string> Standard { get; } = Gen.Choose(24, 64).SelectMany(Bytes).Select(key => "whsec_" + Convert.ToBase64String(key));

    /// <summary>1 to 256 ASCII characters without a space at either end.</summary>
    public static Gen<string> Text { get; } =
        from first in Chars('!', 1)
        from length in Gen.Choose(0, 254)
        from middle in Chars(' ', length)
        from last in Gen.Elements("", "!", "~")
        select first + middle.TrimEnd(' ') + last;

    /// <summary><c>user:password</c> in any script.</summary>
    public static Gen<string> Basic { get; } =
        from user in Chars('!', 8)
        from length in Gen.Choose(0, 100)
        from password in Gen.Elements("ä", "p@ss", ":", "パス", " ").ListOf(length)
        select user + ":" + string.Concat(password);

    public static Gen<string> Chars(char from, int length) => Gen.Choose(from, '~').Select(c => (char)c).ArrayOf(length).Select(c => new string(c));

    public static Gen<byte[]> Bytes(int length) => Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(length);
}
