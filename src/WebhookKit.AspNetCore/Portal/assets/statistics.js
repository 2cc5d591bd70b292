// Deliveries and failures over time, and how long endpoints take.
import { html } from './html.js';
import { statistics } from './api.js';
import { href, replaceQuery } from './router.js';
import { useLoad, usePolling } from './state.js';
import { count, span } from './format.js';
import { DeliveriesChart, EndpointChart, LatencyChart } from './charts.js';
import { Loaded, Page } from './ui.js';

const refreshMs = 5000;
const shownEndpoints = 12;
const ranges = {
  24: { label: 'Last 24 hours', step: 3600 },
  168: { label: 'Last 7 days', step: 21_600 },
  720: { label: 'Last 30 days', step: 86_400 },
};

function load(hours) {
  const { step } = ranges[hours];
  const to = new Date();
  const from = new Date(to.getTime() - hours * 3_600_000);
  const time = { from: from.toISOString(), to: to.toISOString() };
  return Promise.all([statistics.all({ ...time, step_seconds: step }), statistics.byWebhook({ ...time, limit: shownEndpoints })]);
}

const Tiles = ({ totals }) => html`
  <dl class="tiles">
    <div><dt>Delivered</dt><dd>${count(totals.delivered)}</dd></div>
    <div class=${totals.failed_attempts > 0 ? 'some-failed' : ''}><dt>Failed attempts</dt><dd>${count(totals.failed_attempts)}</dd></div>
    <div class=${totals.gave_up > 0 ? 'some-failed' : ''}><dt>Given up</dt><dd>${count(totals.gave_up)}</dd></div>
    <div><dt>Latency, p95</dt><dd>${span(totals.latency_ms?.p95)}</dd></div>
  </dl>`;

export function Statistics({ query }) {
  const hours = Object.hasOwn(ranges, query.hours) ? query.hours : '24';
  const state = useLoad(() => load(hours), [hours]);
  usePolling(state.reload, refreshMs, true);
  return html`
    <${Page} title="Statistics" actions=${html`
      <div class="filter">
        <label for="hours" class="unseen">Time</label>
        <select id="hours" value=${hours} onChange=${(e) => replaceQuery(['statistics'], { hours: e.target.value })}>
          ${Object.entries(ranges).map(([value, { label }]) => html`<option value=${value}>${label}</option>`)}
        </select>
      </div>`}>
      <${Loaded} state=${state}>${([all, endpoints]) => html`
        <${Tiles} totals=${all.totals} />
        <section class="card"><${DeliveriesChart} statistics=${all} title="Deliveries and failures" /></section>
        <section class="card"><${EndpointChart} endpoints=${endpoints} title="Latency of each endpoint" link=${(id) => href(['webhooks', id])} /></section>
        <section class="card"><${LatencyChart} statistics=${all} title="Latency over time" /></section>`}<//>
    <//>`;
}
