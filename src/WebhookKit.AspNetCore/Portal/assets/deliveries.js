// What was and is to be delivered, newest first, while it happens.
import { html, useEffect, useRef, useState } from './html.js';
import { deliveries } from './api.js';
import { href, replaceQuery } from './router.js';
import { announce, useLoad, usePolling } from './state.js';
import { fromInput, plural, toInput } from './format.js';
import { Text } from './text.js';
import { Due, Time } from './time.js';
import { WebhookName } from './names.js';
import { WebhookChooser } from './chooser.js';
import { Badge, Button, Empty, Loaded, More, Page, Switch } from './ui.js';

const refreshMs = 3000;
const statuses = ['pending', 'succeeded', 'exhausted', 'expired', 'canceled'];
const ranges = [['', 'Any time'], ['1', 'Last hour'], ['24', 'Last 24 hours'], ['168', 'Last 7 days'], ['custom', 'From … to …']];

export const statusTone = (delivery) => (delivery.status === 'pending' && delivery.attempts > 0 ? 'warn' : undefined);
export const statusLabel = (delivery) => (delivery.status === 'pending' && delivery.attempts > 0 ? 'Retrying' : undefined);

export function DeliveryRow({ delivery, showsWebhook }) {
  return html`
    <li class="row delivery-row">
      <div class="row-badge"><${Badge} value=${delivery.status} tone=${statusTone(delivery)} label=${statusLabel(delivery)} /></div>
      <div class="row-main">
        <a class="row-title mono" href=${href(['deliveries', delivery.id])}><${Text} value=${delivery.event} /></a>
        ${showsWebhook && html`<div class="row-sub">to <a href=${href(['webhooks', delivery.webhook_id])}><${WebhookName} id=${delivery.webhook_id} /></a></div>`}
      </div>
      <div class="row-attempts">${plural(delivery.attempts, 'attempt')}${delivery.last_status_code ? html`, last <span class="mono">${delivery.last_status_code}</span>` : ''}</div>
      <div class="row-when">
        <${Time} value=${delivery.created_at} />
        ${delivery.status === 'pending' && delivery.attempts > 0 && html`<div class="muted">next <${Due} at=${delivery.next_attempt_at} /></div>`}
      </div>
    </li>`;
}

function Filters({ query, set }) {
  const range = query.range ?? '';
  return html`
    <div class="filters" role="search">
      <div class="filter">
        <label for="status">Status</label>
        <select id="status" value=${query.status ?? ''} onChange=${(e) => set({ status: e.target.value })}>
          <option value="">All</option>
          ${statuses.map((status) => html`<option value=${status}>${status[0].toUpperCase() + status.slice(1)}</option>`)}
        </select>
      </div>
      <div class="filter grow"><${WebhookChooser} id=${query.webhook} onChoose=${(webhook) => set({ webhook })} /></div>
      <div class="filter">
        <label for="range">Time</label>
        <select id="range" value=${range} onChange=${(e) => set({ range: e.target.value, from: undefined, to: undefined })}>${ranges.map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select>
      </div>
      ${range === 'custom' && html`
        <div class="filter"><label for="from">From</label><input id="from" type="datetime-local" value=${query.from ? toInput(query.from) : ''} onChange=${(e) => set({ from: fromInput(e.target.value) })} /></div>
        <div class="filter"><label for="to">To</label><input id="to" type="datetime-local" value=${query.to ? toInput(query.to) : ''} onChange=${(e) => set({ to: fromInput(e.target.value) })} /></div>`}
    </div>`;
}

function askedFor(query) {
  const hours = Number(query.range);
  const from = hours > 0 ? new Date(Date.now() - hours * 3_600_000).toISOString() : query.range === 'custom' ? query.from : undefined;
  return { status: query.status, webhook_id: query.webhook, from, to: query.range === 'custom' ? query.to : undefined };
}

// The first page anew, and behind it what was loaded before, as it was then.
function merge(fresh, old) {
  if (!old) return { page: fresh, added: 0 };
  const known = new Set(old.data.map((d) => d.id));
  const renewed = new Set(fresh.data.map((d) => d.id));
  const last = fresh.data.at(-1);
  const rest = old.isLonger && last ? old.data.slice(old.data.findIndex((d) => d.id === last.id) + 1).filter((d) => !renewed.has(d.id)) : [];
  return {
    page: { data: [...fresh.data, ...rest], meta: rest.length > 0 ? old.meta : fresh.meta, isLonger: old.isLonger && rest.length > 0 },
    added: fresh.data.filter((d) => !known.has(d.id)).length,
  };
}

export function DeliveryList({ query }) {
  const [isLive, setLive] = useState(true);
  const current = useRef();
  const load = async () => {
    const { page, added } = merge(await deliveries.page(askedFor(query)), current.current);
    if (current.current && added > 0) announce(`${plural(added, 'new delivery', 'new deliveries')}.`);
    current.current = page;
    return page;
  };
  const keys = [query.status, query.webhook, query.range, query.from, query.to];
  useEffect(() => () => { current.current = undefined; }, keys);
  const state = useLoad(load, keys);
  usePolling(state.reload, refreshMs, isLive);
  const more = async () => {
    const page = current.current;
    const next = await deliveries.page({ ...askedFor(query), cursor: page.meta.next_cursor });
    current.current = { data: [...page.data, ...next.data], meta: next.meta, isLonger: true };
    state.set(current.current);
    announce(`${plural(next.data.length, 'more delivery', 'more deliveries')} loaded.`);
  };
  const set = (part) => replaceQuery(['deliveries'], { ...query, ...part });
  const isFiltered = keys.some(Boolean);
  return html`
    <${Page} title="Deliveries" actions=${html`<${Switch} label="Live" checked=${isLive} onChange=${(e) => setLive(e.target.checked)} />`}>
      <${Filters} query=${query} set=${set} />
      <${Loaded} state=${state}>${(page) => (page.data.length === 0 && !page.meta.next_cursor
        ? html`
          <${Empty} title=${isFiltered ? 'No delivery matches' : 'Nothing has been delivered yet'}>
            ${isFiltered ? html`<${Button} onClick=${() => replaceQuery(['deliveries'], {})}>Show all<//>` : html`<p>As soon as an event is published, its deliveries appear here.</p>`}
          <//>`
        : html`
          <ul class="rows" aria-label="Deliveries">${page.data.map((delivery) => html`<${DeliveryRow} key=${delivery.id} delivery=${delivery} showsWebhook=${!query.webhook} />`)}</ul>
          <${More} cursor=${page.meta.next_cursor} load=${more} />`)}<//>
    <//>`;
}
