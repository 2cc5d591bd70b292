using System.Buffers;

namespace WebhookKit.Signing;

/// <summary>The names of what a signature can cover (RFC 9421, section 2).</summary>
internal static class ComponentName
{
    public const string Method = "@method";
    public const string TargetUri = "@target-uri";
    public const string Authority = "@authority";
    public const string Scheme = "@scheme";
    public const string RequestTarget = "@request-target";
    public const string Path = "@path";
    public const string Query = "@query";
    public const string ContentType = "content-type";
    public const string ContentDigest = "content-digest";

    private static readonly SearchValues<char> LowerTokenChars = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");

    public static bool IsSupported(string name) => name switch
    {
        Method or TargetUri or Authority or Scheme or RequestTarget or Path or Query => true,
        // A signature cannot cover the headers that it stands in.
        "" or "signature" or "signature-input" => false,
        _ => !name.AsSpan().ContainsAnyExcept(LowerTokenChars),
    };

    /// <summary>Whether what is covered proves a component: itself, or what it is part of, or all its parts.</summary>
    public static bool IsProved(string name, IReadOnlyList<string> covered)
    {
        return Has(name) || name switch
        {
            TargetUri => Has(Scheme) && Has(Authority) && HasRequestTarget(),
            Scheme or Authority => Has(TargetUri),
            RequestTarget => HasRequestTarget(),
            Path or Query => Has(TargetUri) || Has(RequestTarget),
            _ => false,
        };

        bool Has(string part) => covered.Contains(part);

        bool HasRequestTarget() => Has(TargetUri) || Has(RequestTarget) || (Has(Path) && Has(Query));
    }
}
