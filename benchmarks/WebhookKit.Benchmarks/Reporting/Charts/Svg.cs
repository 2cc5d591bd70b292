using System.Globalization;
using System.Security;
using System.Text;

namespace WebhookKit.Benchmarks.Reporting.Charts;

/// <summary>Writes a drawing. Colours are classes, which differ where the reader has it dark.</summary>
internal sealed class Svg(int width, int height)
{
    /// <summary>What each class looks like. The ground is drawn too, so that it can be read wherever it is shown.</summary>
    private const string Style = """
        text { font: 12px system-ui, sans-serif; fill: #1f2328; }
        .title { font-weight: 600; font-size: 13px; }
        .quiet { fill: #59636e; font-size: 11px; }
        .end { text-anchor: end; }
        .middle { text-anchor: middle; }
        .ground { fill: #ffffff; }
        .grid { stroke: #d1d9e0; stroke-width: 1; }
        .spread { stroke: #1f2328; stroke-width: 1.2; opacity: 0.6; }
        .goal { stroke: #cf222e; stroke-width: 2; }
        .goal-text { fill: #cf222e; font-size: 11px; }
        .line { fill: none; stroke-width: 2; }
        .memory { fill: #2563eb; } .line.memory { stroke: #2563eb; fill: none; }
        .sqlite { fill: #0f8a5f; } .line.sqlite { stroke: #0f8a5f; fill: none; }
        .postgres { fill: #c2590a; } .line.postgres { stroke: #c2590a; fill: none; }
        @media (prefers-color-scheme: dark) {
          text { fill: #f0f6fc; }
          .quiet { fill: #9198a1; }
          .ground { fill: #0d1117; }
          .grid { stroke: #3d444d; }
          .spread { stroke: #f0f6fc; }
          .goal { stroke: #ff7b72; }
          .goal-text { fill: #ff7b72; }
          .memory { fill: #5b8def; } .line.memory { stroke: #5b8def; fill: none; }
          .sqlite { fill: #34b384; } .line.sqlite { stroke: #34b384; fill: none; }
          .postgres { fill: #e5853c; } .line.postgres { stroke: #e5853c; fill: none; }
        }
        """;

    private readonly StringBuilder _body = new();

    public void Rect(double x, double y, double rectWidth, double rectHeight, string style) =>
        Add($"<rect x='{x:0.#}' y='{y:0.#}' width='{rectWidth:0.#}' height='{rectHeight:0.#}' class='{style}'/>");

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        Add($"<line x1='{x1:0.#}' y1='{y1:0.#}' x2='{x2:0.#}' y2='{y2:0.#}' class='{style}'/>");

    public void Circle(double x, double y, double radius, string style) => Add($"<circle cx='{x:0.#}' cy='{y:0.#}' r='{radius:0.#}' class='{style}'/>");

    public void Path(IEnumerable<(double X, double Y)> points, string style) =>
        Add($"<polyline points='{string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")))}' class='line {style}'/>");

    public void Text(double x, double y, string text, string style = "") => Add($"<text x='{x:0.#}' y='{y:0.#}' class='{style}'>{SecurityElement.Escape(text)}</text>");

    /// <summary>The whole file.</summary>
    public string Finish(string title) => string.Create(CultureInfo.InvariantCulture, $"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
        <title>{SecurityElement.Escape(title)}</title>
        <style>
        {Style}
        </style>
        <rect width="{width}" height="{height}" class="ground"/>
        {_body}</svg>

        """);

    private void Add(FormattableString element) => _body.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
