// uPlot draws; beside each drawing stands a table with the same figures.
import uPlot from './vendor/uplot.js';
import { html, useEffect, useId, useRef, useState } from './html.js';
import { brief, count, span } from './format.js';
import { plain, Text } from './text.js';

const dark = matchMedia('(prefers-color-scheme: dark)');
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const font = '12px system-ui, sans-serif';

function useDark() {
  const [isDark, setDark] = useState(dark.matches);
  useEffect(() => {
    const follow = () => setDark(dark.matches);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);
  return isDark;
}

// Makes a drawing and keeps it as wide as its place. `madeOf` is what `make` uses of the data: when it changes, the drawing is made anew.
function Plot({ make, madeOf, data, height, label }) {
  const place = useRef();
  const plot = useRef();
  const isDark = useDark();
  useEffect(() => {
    plot.current = new uPlot({ width: place.current.clientWidth, height, ...make() }, data, place.current);
    const resized = new ResizeObserver(([entry]) => plot.current.setSize({ width: Math.floor(entry.contentRect.width), height }));
    resized.observe(place.current);
    return () => {
      resized.disconnect();
      plot.current.destroy();
    };
  }, [isDark, height, madeOf]);
  useEffect(() => plot.current.setData(data), [data]);
  return html`<div class="plot" role="img" aria-label=${label} ref=${place}></div>`;
}

const axis = (more) => ({ stroke: colour('muted'), font, grid: { stroke: colour('line'), width: 1 }, ticks: { show: false }, ...more });
const base = (more) => ({ cursor: { drag: { x: false, y: false }, points: { show: false } }, legend: { show: false }, ...more });

const timeOf = (self, ticks) => {
  const isLong = ticks.length > 1 && ticks[1] - ticks[0] >= 86_400;
  return ticks.map((s) => new Date(s * 1000).toLocaleString(undefined, isLong ? { month: 'short', day: 'numeric' } : { hour: '2-digit', minute: '2-digit' }));
};

function Table({ head, rows }) {
  return html`
    <details class="figures">
      <summary>Show the figures</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Figures">
        <table>
          <thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
          <tbody>${rows.map(([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
        </table>
      </div>
    </details>`;
}

function Chart({ title, legend, label, isEmpty, empty, children, head, rows }) {
  const id = useId();
  return html`
    <figure class="chart" aria-labelledby=${id}>
      <figcaption><h2 id=${id}>${title}</h2><ul class="legend" aria-hidden="true">${legend.map(([name, colourName]) => html`<li><i class="swatch ${colourName}"></i>${name}</li>`)}</ul></figcaption>
      ${isEmpty ? html`<p class="muted no-data">${empty}</p>` : html`${children(label)}<${Table} head=${head} rows=${rows} />`}
    </figure>`;
}

const secondsOf = (buckets) => buckets.map((b) => Date.parse(b.at) / 1000);

export function DeliveriesChart({ statistics, title }) {
  const { buckets, totals, step_seconds: step } = statistics;

  // One upon the other: the whole bar is drawn first, and what was delivered over it.
  const data = [secondsOf(buckets), buckets.map((b) => b.delivered + b.failed_attempts), buckets.map((b) => b.delivered), buckets.map((b) => b.gave_up || null)];
  const bars = uPlot.paths.bars({ size: [0.62, 26, 2] });
  const make = () => base({
    padding: [12, 16, 0, 0],
    scales: { x: { time: true, range: (self, from, to) => [from - step * 0.6, to + step * 0.6] }, y: { range: (self, least, most) => [0, Math.max(4, most * 1.1)] } },
    axes: [axis({ size: 30, values: timeOf, grid: { show: false } }), axis({ size: 48, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 1_000_000, 10_000_000], values: (self, ticks) => ticks.map((t) => (t >= 10_000 ? `${t / 1000}k` : count(t))) })],
    series: [
      {},
      { fill: colour('chart-bad'), width: 0, paths: bars, points: { show: false } },
      { fill: colour('chart-good'), width: 0, paths: bars, points: { show: false } },
      { stroke: colour('chart-worse'), paths: () => null, points: { show: true, size: 9, fill: colour('chart-worse') } },
    ],
  });
  return html`
    <${Chart} title=${title} legend=${[['Delivered', 'good'], ['Failed attempts', 'bad'], ['Given up', 'worse']]}
      label="${count(totals.delivered)} delivered, ${count(totals.failed_attempts)} failed attempts, ${count(totals.gave_up)} given up. The figures are in the table below."
      isEmpty=${buckets.every((b) => !b.delivered && !b.failed_attempts && !b.gave_up)} empty="Nothing was delivered in this time."
      head=${['Time', 'Delivered', 'Failed attempts', 'Given up']}
      rows=${buckets.map((b) => [brief(b.at), count(b.delivered), count(b.failed_attempts), count(b.gave_up)])}>
      ${(label) => html`<${Plot} make=${make} madeOf=${step} data=${data} height=${220} label=${label} />`}
    <//>`;
}

export function LatencyChart({ statistics, title }) {
  const { buckets, totals } = statistics;
  const of = (name) => buckets.map((b) => b.latency_ms?.[name] ?? null);
  const make = () => base({
    padding: [12, 16, 0, 0],
    scales: { x: { time: true }, y: { range: (self, least, most) => [0, Math.max(10, most * 1.1)] } },
    axes: [axis({ size: 30, values: timeOf, grid: { show: false } }), axis({ size: 60, values: (self, ticks) => ticks.map((t) => (t === 0 ? '0' : span(t).replace('.00 ', ' '))) })],
    series: [
      {},
      { stroke: colour('chart-p50'), width: 2, spanGaps: true, points: { show: true, size: 5, fill: colour('chart-p50') } },
      { stroke: colour('chart-p95'), width: 2, spanGaps: true, points: { show: true, size: 5, fill: colour('chart-p95') } },
    ],
  });
  return html`
    <${Chart} title=${title} legend=${[['Half are faster (p50)', 'p50'], ['95 % are faster (p95)', 'p95']]}
      label="Latency: p50 ${span(totals.latency_ms?.p50)}, p95 ${span(totals.latency_ms?.p95)}, longest ${span(totals.latency_ms?.max)}. The figures are in the table below."
      isEmpty=${buckets.every((b) => !b.latency_ms)} empty="There were no attempts in this time."
      head=${['Time', 'p50', 'p95', 'Longest']}
      rows=${buckets.filter((b) => b.latency_ms).map((b) => [brief(b.at), span(b.latency_ms.p50), span(b.latency_ms.p95), span(b.latency_ms.max)])}>
      ${(label) => html`<${Plot} make=${make} data=${[secondsOf(buckets), of('p50'), of('p95')]} height=${200} label=${label} />`}
    <//>`;
}

const shortened = (name, most) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

// Lying bars, the slowest endpoint on top.
export function EndpointChart({ endpoints, title, link }) {
  const timed = endpoints.filter((e) => e.latency_ms);
  const data = [timed.map((_, i) => i), timed.map((e) => e.latency_ms.p95), timed.map((e) => e.latency_ms.p50)];
  const names = timed.map((e) => plain(e.name || e.webhook_id));
  const isNarrow = innerWidth < 600;
  const bars = uPlot.paths.bars({ size: [0.6, 22, 4] });
  const make = () => base({
    cursor: { show: false },
    padding: [0, 24, 0, 0],
    scales: {
      x: { time: false, ori: 1, dir: -1, range: [-0.6, timed.length - 0.4] },
      y: { ori: 0, dir: 1, range: (self, least, most) => [0, Math.max(10, most * 1.1)] },
    },
    axes: [
      axis({ side: 3, size: isNarrow ? 110 : 180, splits: () => timed.map((_, i) => i), values: (self, ticks) => ticks.map((i) => shortened(names[i] ?? '', isNarrow ? 14 : 24)), grid: { show: false } }),
      axis({ side: 2, size: 36, space: 70, values: (self, ticks) => ticks.map((t) => (t === 0 ? '0' : span(t).replace('.00 ', ' '))) }),
    ],
    series: [
      {},
      { fill: colour('chart-p95'), width: 0, paths: bars, points: { show: false } },
      { fill: colour('chart-p50'), width: 0, paths: bars, points: { show: false } },
    ],
  });
  return html`
    <${Chart} title=${title} legend=${[['p50', 'p50'], ['p95', 'p95']]}
      label="Latency of ${timed.length} endpoints, the slowest first. The figures are in the table below."
      isEmpty=${timed.length === 0} empty="There were no attempts in this time."
      head=${['Webhook', 'p50', 'p95', 'Longest', 'Delivered', 'Failed attempts']}
      rows=${endpoints.map((e) => [html`<a href=${link(e.webhook_id)}><${Text} value=${e.name || e.webhook_id} /></a>`, span(e.latency_ms?.p50), span(e.latency_ms?.p95), span(e.latency_ms?.max), count(e.delivered), count(e.failed_attempts)])}>
      ${(label) => html`<${Plot} make=${make} madeOf=${names.join('\n')} data=${data} height=${60 + timed.length * 34} label=${label} />`}
    <//>`;
}
