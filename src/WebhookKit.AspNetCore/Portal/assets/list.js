// All webhooks, with how they fare.
import { html, useEffect, useState } from './html.js';
import { webhooks } from './api.js';
import { href, replaceQuery } from './router.js';
import { announce, useLoad, usePolling, useSettled } from './state.js';
import { count, plural, span } from './format.js';
import { Text } from './text.js';
import { Time } from './time.js';
import { Badge, Empty, LinkButton, Loaded, More, Page } from './ui.js';

const refreshMs = 10_000;

export const nameOf = (webhook) => webhook.name || new URL(webhook.url).host;

function Row({ webhook }) {
  const health = webhook.health;
  return html`
    <li class="row webhook-row">
      <div class="row-main">
        <a class="row-title" href=${href(['webhooks', webhook.id])}><${Text} value=${nameOf(webhook)} /></a>
        <div class="row-sub mono"><${Text} value=${webhook.url} /></div>
      </div>
      <div class="row-badge"><${Badge} value=${health?.state ?? webhook.status} /></div>
      <div class="row-events">${webhook.events.includes('*') ? 'Every event' : plural(webhook.events.length, 'event type')}</div>
      <dl class="row-numbers">
        <div><dt>Delivered</dt><dd>${count(health?.delivered)}</dd></div>
        <div class=${health?.failed > 0 ? 'some-failed' : ''}><dt>Failed</dt><dd>${count(health?.failed)}</dd></div>
        <div><dt>p95</dt><dd>${span(health?.p95_ms)}</dd></div>
        <div><dt>Last</dt><dd><${Time} value=${health?.last_attempt_at} /></dd></div>
      </dl>
    </li>`;
}

function Filters({ query }) {
  const [search, setSearch] = useState(query.search ?? '');
  const settled = useSettled(search);
  useEffect(() => {
    if (settled !== (query.search ?? '')) replaceQuery([], { ...query, search: settled });
  }, [settled]);
  return html`
    <div class="filters" role="search">
      <div class="filter grow">
        <label for="search">Search</label>
        <input id="search" type="search" dir="auto" maxlength="200" value=${search} placeholder="Name or URL" autocomplete="off" onInput=${(e) => setSearch(e.target.value)} />
      </div>
      <div class="filter">
        <label for="status">Status</label>
        <select id="status" value=${query.status ?? ''} onChange=${(e) => replaceQuery([], { ...query, status: e.target.value })}>
          <option value="">All</option>
          <option value="enabled">Enabled</option>
          <option value="paused">Paused</option>
          <option value="disabled">Disabled</option>
        </select>
      </div>
    </div>`;
}

function Nothing({ isFiltered }) {
  return isFiltered
    ? html`<${Empty} title="No webhook matches"><p>Change the search or the status.</p><//>`
    : html`
      <${Empty} title="No webhooks yet">
        <p>A webhook is a URL of yours that is called when something happens here.</p>
        <${LinkButton} kind="primary" href=${href(['webhooks', 'new'])}>Create your first webhook<//>
      <//>`;
}

export function WebhookList({ query }) {
  const asked = { search: query.search, status: query.status };
  const state = useLoad(() => webhooks.page(asked), [query.search, query.status]);
  const isFiltered = Boolean(query.search || query.status);
  const page = state.value;
  useEffect(() => {
    if (page && isFiltered) announce(`${page.data.length}${page.meta.next_cursor ? ' or more' : ''} found.`);
  }, [page?.data.length, isFiltered, query.search, query.status]);

  // Only what is seen first is kept fresh; whoever has loaded more is reading.
  usePolling(state.reload, refreshMs, Boolean(page) && !page.isLonger);
  const more = async () => {
    const next = await webhooks.page({ ...asked, cursor: page.meta.next_cursor });
    state.set({ data: [...page.data, ...next.data], meta: next.meta, isLonger: true });
    announce(`${next.data.length} more loaded.`);
  };
  return html`
    <${Page} title="Webhooks" actions=${html`<${LinkButton} kind="primary" href=${href(['webhooks', 'new'])}>New webhook<//>`}>
      <p class="lead">Who is told about what. The figures are those of the last 24 hours.</p>
      <${Filters} query=${query} />
      <${Loaded} state=${state}>${(found) => (found.data.length === 0
        ? html`<${Nothing} isFiltered=${isFiltered} />`
        : html`
          <ul class="rows" aria-label="Webhooks">${found.data.map((webhook) => html`<${Row} key=${webhook.id} webhook=${webhook} />`)}</ul>
          <${More} cursor=${found.meta.next_cursor} load=${more} />`)}<//>
    <//>`;
}
