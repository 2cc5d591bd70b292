using static WebhookKit.Tests.Sending.Guarding.UrlForm;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>URLs that a subscription may have, each with the host that a browser (the WHATWG's URL standard) goes to.</summary>
internal static class AcceptedUrls
{
    public static readonly UrlForm[] All =
    [
        // Numbers that are public addresses.
        new("https://0x08080808/", "8.8.8.8"),
        new("https://134744072/", "8.8.8.8"),
        new("https://010.010.010.010/", "8.8.8.8"),
        new("https://8.8.2056/", "8.8.8.8"),
        new("https://8.526344/", "8.8.8.8"),
        new("https://8.8/", "8.0.0.8"),
        new("https://0x8.010.8.0x8/", "8.8.8.8"),
        new("https://8.8.8.8/", "8.8.8.8"),
        new("https://8.8.8.8:8443/a", "8.8.8.8", 8443),
        new("https://01.02.03.04/", "1.2.3.4"),
        new("https://1.1/", "1.0.0.1"),
        new("https://0x1.0x1.0x1.0x1/", "1.1.1.1"),
        new("https://00000010.8.8.8/", "8.8.8.8"),

        // Numbers that are no address, or are too large.
        new("https://1.2.3/4", "1.2.0.3"),
        new("https://8.8.8.0x8/", "8.8.8.8"),

        // Dots at the end, at the beginning, and two together.
        new("https://example.com./", "example.com."),
        new("https://example.com.:443/", "example.com."),

        // Unicode and Punycode.
        new("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        new("https://XN--BCHER-KVA.example/", "xn--bcher-kva.example"),
        new("https://Xn--BcHer-KvA.Example/", "xn--bcher-kva.example"),
        new("https://xn--fa-hia.de/", "xn--fa-hia.de"),
        new("https://xn--r8jz45g.jp/", "xn--r8jz45g.jp"),
        new("https://xn--ls8h.com/", "xn--ls8h.com"),
        new("https://xn--1ch.com/", "xn--1ch.com"),
        new("https://ab--cd.com/", "ab--cd.com"),
        new("https://r3---sn-apo3qvuoxuxbt-j5pe.googlevideo.com/", "r3---sn-apo3qvuoxuxbt-j5pe.googlevideo.com"),
        new("https://xn--n3h.com/", "xn--n3h.com"),
        new("https://xn--a-0hc.com/", "xn--a-0hc.com"),

        // Upper case.
        new("HTTPS://EXAMPLE.COM/", "example.com"),
        new("hTTpS://ExAmPlE.cOm:443/HOOKS", "example.com"),
        new("https://EXAMPLE.com./A", "example.com."),

        // User info.
        new("https://@example.com/", "example.com"),
        new("https://example.com?@127.0.0.1/", "example.com"),
        new("https://example.com/@127.0.0.1/", "example.com"),

        // Back slashes.
        new("https://example.com/a\\b", "example.com"),
        new("https://example.com/?a\\b", "example.com"),

        // Percent signs.
        new("https://example.com/%2e%2e/%00", "example.com"),
        new("https://example.com/%0d%0aa", "example.com"),

        // Ports.
        new("https://example.com:/", "example.com"),
        new("https://example.com:00080/", "example.com", 80),
        new("https://example.com:0000000443/", "example.com"),
        new("https://example.com:443/", "example.com"),
        new("https://example.com:1/", "example.com", 1),
        new("https://example.com:65535/", "example.com", 65535),
        new("https://example.com:?", "example.com"),
        new("https://8.8.8.8:/", "8.8.8.8"),
        new("https://example.com:80/", "example.com", 80),

        // IPv6.
        new("https://[2606:4700::1111]/", "[2606:4700::1111]"),
        new("https://[2606:4700:0:0:0:0:0:1111]/", "[2606:4700::1111]"),
        new("https://[2606:4700:0000::1111]:8443/", "[2606:4700::1111]", 8443),
        new("https://[2606:4700::ABCD]/", "[2606:4700::abcd]"),
        new("https://[2606:4700:0::0:1111]/", "[2606:4700::1111]"),
        new("https://[::FFFF:8.8.8.8]/", "[::ffff:808:808]"),
        new("https://[::ffff:808:808]/", "[::ffff:808:808]"),
        new("https://[0:0:0:0:0:ffff:8.8.8.8]/", "[::ffff:808:808]"),
        new("https://[2606:4700::1111]:/", "[2606:4700::1111]"),
        new("https://[2606:4700::1111:443]/", "[2606:4700::1111:443]"),
        new("https://[2606:4700::8.8.8.8]/", "[2606:4700::808:808]"),

        // Schemes.
        new("HTTP://EXAMPLE.COM/", "example.com", 80),
        new("http://0x08080808:8080/", "8.8.8.8", 8080),
        new("http://[2606:4700::1111]/", "[2606:4700::1111]", 80),
        new("https://example.com", "example.com"),

        // Names inside of networks.
        new("https://localhost.localdomain/", "localhost.localdomain"),
        new("https://localhost.example.com/", "localhost.example.com"),
        new("https://local.example.com/", "local.example.com"),
        new("https://internal.example.com/", "internal.example.com"),
        new("https://notlocalhost.com/", "notlocalhost.com"),
        new("https://x.mylocal/", "x.mylocal"),
        new("https://x.notinternal/", "x.notinternal"),
        new("https://127.0.0.1.nip.io/", "127.0.0.1.nip.io"),
        new("https://localtest.me/", "localtest.me"),
        new("https://kubernetes.default.svc/", "kubernetes.default.svc"),
        new("https://router.lan/", "router.lan"),
        new("https://a.home.arpa/", "a.home.arpa"),

        // Lengths, odd characters, paths.
        new($"https://{Label(63)}.com/", $"{Label(63)}.com"),
        new($"https://{Label(63)}.{Label(63)}.{Label(63)}.{Label(61)}/", $"{Label(63)}.{Label(63)}.{Label(63)}.{Label(61)}"),
        new($"https://{Label(63)}.{Label(63)}.{Label(63)}.{Label(61)}./", $"{Label(63)}.{Label(63)}.{Label(63)}.{Label(61)}."),
        new("https://example.com/" + new string('a', 1980), "example.com"),
        new("https://example.com/" + new string('ä', 1980), "example.com"),
        new("https://foo_bar.example.com/", "foo_bar.example.com"),
        new("https://_dmarc.example.com/", "_dmarc.example.com"),
        new("https://example.com_/", "example.com_"),
        new("https://example.c-m/", "example.c-m"),
        new("https://example.0xg/", "example.0xg"),
        new("https://example.1a/", "example.1a"),
        new("https://1a.example.com/", "1a.example.com"),
        new("https://123.example.com/", "123.example.com"),
        new("https://a.b.c.d.e.f.g.example.com/", "a.b.c.d.e.f.g.example.com"),
        new("https://example.com/?", "example.com"),
        new("https://example.com?a=b", "example.com"),
        new("https://example.com/a/../b/./c", "example.com"),
        new("https://example.com//a//b", "example.com"),
        new("https://example.com/%7Ea", "example.com"),
        new("https://example.com/[a]{b}|c^d`", "example.com"),
        new("https://example.com/ä", "example.com"),
        new("https://example.com/?a=https://127.0.0.1/@b\\c", "example.com"),
        new("https://example.com/:443@evil", "example.com"),
        new("https://example.com?evil.com", "example.com"),
        new("https://example.com:443?a", "example.com"),
        new("https://ex.co/??????????", "ex.co"),
    ];
}
