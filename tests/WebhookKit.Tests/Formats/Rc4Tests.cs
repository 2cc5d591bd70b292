using System.Text;
using NUnit.Framework;
using WebhookKit.Formats.MailUp;

namespace WebhookKit.Tests.Formats;

public sealed class Rc4Tests
{
    [Test]
    public void Apply_Zeros_GivesTheKnownKeystream()
    {
        var data = new byte[16];

        Rc4.Apply([1, 2, 3, 4, 5], data);

        Assert.That(Convert.ToHexStringLower(data), Is.EqualTo("b2396305f03dc027ccc3524a0a1118a8"));
    }

    [TestCase("Key", "Plaintext", "bbf316e8d940af0ad3")]
    [TestCase("Wiki", "pedia", "1021bf0420")]
    public void Apply_KnownText_GivesTheKnownBytesAndBack(string key, string text, string encrypted)
    {
        var data = Encoding.ASCII.GetBytes(text);

        Rc4.Apply(Encoding.ASCII.GetBytes(key), data);
        Assert.That(Convert.ToHexStringLower(data), Is.EqualTo(encrypted));

        Rc4.Apply(Encoding.ASCII.GetBytes(key), data);
        Assert.That(Encoding.ASCII.GetString(data), Is.EqualTo(text));
    }
}
