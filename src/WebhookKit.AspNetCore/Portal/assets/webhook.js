// One webhook: how it fares, what it is set to, and what can be done with it.
import { html, useState } from './html.js';
import { catalog, deliveries, statistics, webhooks } from './api.js';
import { go, href } from './router.js';
import { useLoad, usePolling } from './state.js';
import { count, plural, span } from './format.js';
import { plain, Text } from './text.js';
import { ExactTime, Time } from './time.js';
import { nameOf } from './list.js';
import { DeliveryRow } from './deliveries.js';
import { CopyDialog, DeleteDialog, DisableDialog, RecoverDialog, RotateDialog, TestDialog } from './dialogs.js';
import { toast } from './toasts.js';
import { DeliveriesChart, LatencyChart } from './charts.js';
import { Alert, Badge, Button, Empty, Facts, LinkButton, Loaded, Page } from './ui.js';

const refreshMs = 5000;
const recent = 8;

const profileOrders = { none: 'None', per_key: 'Per key', strict: 'Strict' };

function Notice({ webhook, open }) {
  if (webhook.status === 'disabled') {
    return html`
      <${Alert} tone="warn" isLive=${false}>
        <p><strong>Disabled</strong> <${Time} value=${webhook.status_changed_at} />${webhook.status_reason && html`: <${Text} value=${webhook.status_reason} />`}</p>
        <p>It gets no events. Once your endpoint is mended, enable it and recover what it missed.</p>
      <//>`;
  }

  if (webhook.status === 'paused') return html`<${Alert} tone="warn" isLive=${false}><p><strong>Paused</strong> <${Time} value=${webhook.status_changed_at} />: events are kept and delivered when it goes on.</p><//>`;
  return webhook.failing_since && html`
    <${Alert} isLive=${false}>
      <p><strong>Failing</strong> since <${ExactTime} value=${webhook.failing_since} />. Requests are repeated; look at the attempts, mend the endpoint, and <button type="button" class="link" onClick=${() => open('test')}>send a test event</button>.</p>
    <//>`;
}

const Tiles = ({ health }) => html`
  <dl class="tiles">
    <div><dt>Delivered</dt><dd>${count(health?.delivered)}</dd></div>
    <div class=${health?.failed > 0 ? 'some-failed' : ''}><dt>Failed attempts</dt><dd>${count(health?.failed)}</dd></div>
    <div><dt>Latency, p95</dt><dd>${span(health?.p95_ms)}</dd></div>
    <div><dt>Last attempt</dt><dd><${Time} value=${health?.last_attempt_at} /></dd></div>
  </dl>`;

function Recent({ id, page }) {
  return html`
    <section class="card" aria-labelledby="recent">
      <div class="card-head"><h2 id="recent">Recent deliveries</h2><a href=${href(['deliveries'], { webhook: id })}>Show all</a></div>
      ${page.data.length === 0
        ? html`<${Empty} title="Nothing has been delivered yet"><p>Send a test event, or wait for an event of its types.</p><//>`
        : html`<ul class="rows flat">${page.data.map((delivery) => html`<${DeliveryRow} key=${delivery.id} delivery=${delivery} />`)}</ul>`}
    </section>`;
}

function Configuration({ webhook }) {
  const { batching, rate_limit: limit } = webhook;
  const settings = Object.entries(webhook.settings);
  const overlapping = webhook.secrets.slice(1).filter((secret) => Date.parse(secret.expires_at) > Date.now());
  return html`
    <section class="card" aria-labelledby="configuration">
      <div class="card-head"><h2 id="configuration">Set up</h2><a href=${href(['webhooks', webhook.id, 'edit'])}>Edit</a></div>
      <${Facts} items=${[
        ['Events', html`<ul class="chips">${webhook.events.map((event) => html`<li><code><${Text} value=${event} /></code></li>`)}</ul>`],
        ['Profile', html`<${Text} value=${webhook.profile} />`],
        ...settings.map(([name, value]) => [html`<${Text} value=${name} />`, html`<span class="mono"><${Text} value=${value} /></span>`]),
        ['Batching', batching ? `Up to ${plural(batching.max_events, 'event')}, ${span(batching.max_delay_ms)}` : 'Off'],
        webhook.order !== 'none' && ['Order', profileOrders[webhook.order]],
        webhook.max_concurrency && ['Requests at once', webhook.max_concurrency],
        limit && ['Rate limit', `${limit.requests} in ${span(limit.per_ms)}`],
        Object.keys(webhook.headers).length > 0 && ['Headers', html`<ul class="chips">${Object.keys(webhook.headers).map((name) => html`<li><code><${Text} value=${name} /></code></li>`)}</ul>`],
        webhook.filter && ['Filter', html`<code><${Text} value=${JSON.stringify(webhook.filter)} /></code>`],
        webhook.secret && ['Secret', html`<details><summary>Show</summary><code>${webhook.secret}</code></details>`],
        ['Signing', overlapping.length > 0 ? html`The secret was rotated; the old one signs until <${ExactTime} value=${overlapping[0].expires_at} isAhead=${true} />` : webhook.secrets.length > 0 ? 'With its secret' : 'None'],
        ['Id', html`<span class="mono"><${Text} value=${webhook.id} /></span>`],
      ]} />
    </section>`;
}

function Manage({ webhook, scopes, open, act }) {
  const item = (title, words, button) => html`<li><div><h3>${title}</h3><p class="muted">${words}</p></div>${button}</li>`;
  const isEnabled = webhook.status === 'enabled';
  return html`
    <section class="card" aria-labelledby="manage">
      <h2 id="manage">Manage</h2>
      <ul class="manage">
        ${!isEnabled && item('Enable', 'Goes on with what is pending.', html`<${Button} kind="primary" onClick=${() => act('enable', 'Enabled.')}>Enable<//>`)}
        ${isEnabled && item('Pause', 'Events are kept and wait.', html`<${Button} onClick=${() => act('pause', 'Paused.')}>Pause<//>`)}
        ${item('Recover', 'Delivers again what failed or was missed.', html`<${Button} onClick=${() => open('recover')}>Recover…<//>`)}
        ${item('Rotate the secret', 'The old one can overlap.', html`<${Button} onClick=${() => open('rotate')}>Rotate…<//>`)}
        ${scopes?.length > 0 && item('Copy', 'To another list or account.', html`<${Button} onClick=${() => open('copy')}>Copy…<//>`)}
        ${webhook.status !== 'disabled' && item('Disable', 'Events from then on are not kept.', html`<${Button} onClick=${() => open('disable')}>Disable…<//>`)}
        ${item('Delete', 'What is pending is canceled.', html`<${Button} kind="danger-plain" onClick=${() => open('delete')}>Delete…<//>`)}
      </ul>
    </section>`;
}

// Since when it has failed, or got nothing; null for one that fares well.
const troubledSince = (webhook) => webhook.failing_since ?? (webhook.status === 'enabled' ? null : webhook.status_changed_at);

const dialogs = { test: TestDialog, recover: RecoverDialog, rotate: RotateDialog, copy: CopyDialog, disable: DisableDialog, delete: DeleteDialog };
const words = { disable: 'Disabled.', copy: 'Copied.' };

export function Webhook({ id }) {
  const state = useLoad(() => webhooks.get(id), [id]);
  const scopes = useLoad(() => catalog.scopes(), []);
  const latest = useLoad(() => deliveries.page({ webhook_id: id, limit: recent }), [id]);
  const numbers = useLoad(() => statistics.of(id), [id]);
  const [dialog, open] = useState(null);
  const [fault, setFault] = useState(null);

  // An enabled webhook no longer says since when it was not, yet what it missed is only now recovered.
  const [missedSince, setMissedSince] = useState(null);
  const refresh = () => Promise.all([state.reload(), latest.reload(), numbers.reload()]);
  usePolling(refresh, refreshMs, !dialog && state.value !== undefined);
  const act = async (action, done) => {
    try {
      await webhooks.act(id, action);
      if (action === 'enable') setMissedSince(missedSince ?? troubledSince(state.value));
      setFault(null);
      toast(done);
    } catch (problem) {
      setFault(problem);
    }

    await refresh();
  };
  const finish = () => {
    if (dialog === 'delete') {
      toast('The webhook is deleted.');
      go([]);
      return;
    }

    if (words[dialog]) toast(words[dialog]);
    if (dialog === 'recover') setMissedSince(null);

    // These two go on to show something.
    if (!['test', 'rotate', 'copy'].includes(dialog)) open(null);
    refresh();
  };
  const webhook = state.value;
  const Shown = dialogs[dialog];
  return html`
    <${Page}
      title=${webhook ? nameOf(webhook) : 'Webhook'}
      heading=${webhook && html`<${Text} value=${nameOf(webhook)} />`}
      back=${{ href: href([]), label: 'Webhooks' }}
      actions=${webhook && html`<${LinkButton} href=${href(['webhooks', id, 'edit'])}>Edit<//><${Button} kind="primary" onClick=${() => open('test')}>Send test event<//>`}>
      <${Loaded} state=${state}>${(found) => html`
        <div class="subject"><${Badge} value=${found.health?.state ?? found.status} /><span class="mono"><${Text} value=${found.url} /></span></div>
        ${fault && html`<${Alert}><p><${Text} value=${plain(fault.message)} /></p><//>`}
        <${Notice} webhook=${found} open=${open} />
        <h2 class="unseen">The last 24 hours</h2>
        <${Tiles} health=${found.health} />
        <div class="columns">
          <div>
            <${Loaded} state=${numbers}>${(value) => html`
              <section class="card"><${DeliveriesChart} statistics=${value} title="Deliveries, last 24 hours" /></section>
              <section class="card"><${LatencyChart} statistics=${value} title="Latency, last 24 hours" /></section>`}<//>
            <${Loaded} state=${latest}>${(page) => html`<${Recent} id=${id} page=${page} />`}<//>
          </div>
          <div>
            <${Configuration} webhook=${found} />
            <${Manage} webhook=${found} scopes=${scopes.value} open=${open} act=${act} />
          </div>
        </div>
        ${Shown && html`<${Shown} webhook=${found} scopes=${scopes.value} missedSince=${missedSince ?? troubledSince(found)} onDone=${finish} onClose=${() => open(null)} />`}`}<//>
    <//>`;
}
