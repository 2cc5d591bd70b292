// What can be done with a webhook, each in a dialog of its own.
import { html, useState } from './html.js';
import { catalog, webhooks } from './api.js';
import { useLoad } from './state.js';
import { fromInput, plural, span, toInput } from './format.js';
import { Code, plain, Text } from './text.js';
import { nameOf } from './list.js';
import { toast } from './toasts.js';
import { ActionDialog, Alert, Button, CopyButton, Dialog, Facts, Field, Loaded, Outcome } from './ui.js';

export function SecretDialog({ secret, onClose, children }) {
  return html`
    <${Dialog} title="Your webhook’s secret" onClose=${onClose}>
      <div class="dialog-body">
        <p>Receivers prove with it that a request is from here. <strong>It is shown this once only</strong>: keep it now.</p>
        ${children}
        <div class="secret"><code id="secret" tabindex="0">${secret}</code><${CopyButton} value=${secret} what="Secret" /></div>
      </div>
      <div class="dialog-foot"><${Button} kind="primary" onClick=${onClose}>I have kept it<//></div>
    <//>`;
}

export function DeleteDialog({ webhook, onDone, onClose }) {
  return html`
    <${ActionDialog} title="Delete this webhook?" action="Delete" kind="danger" onClose=${onClose} run=${async () => {
      await webhooks.remove(webhook.id, webhook.etag);
      onDone();
    }}>
      <p><strong><${Text} value=${nameOf(webhook)} /></strong> gets nothing any more, and what is pending is canceled. This cannot be undone.</p>
    <//>`;
}

export function DisableDialog({ webhook, onDone, onClose }) {
  const [reason, setReason] = useState('');
  return html`
    <${ActionDialog} title="Disable this webhook?" action="Disable" kind="danger" onClose=${onClose} run=${async () => onDone(await webhooks.act(webhook.id, 'disable', reason ? { reason } : {}))}>
      <p>Events from now on are not kept for it. What is pending waits. Once it is enabled again, what it missed can be recovered.</p>
      <${Field} label="Reason" hint="Shown to everybody who looks at it.">${(field) => html`<input ...${field} type="text" dir="auto" maxlength="500" autocomplete="off" value=${reason} onInput=${(e) => setReason(e.target.value)} />`}<//>
    <//>`;
}

const overlaps = [[0, 'Not at all: it ends now'], [3600, '1 hour'], [86_400, '24 hours'], [604_800, '7 days'], [2_592_000, '30 days']];

export function RotateDialog({ webhook, onDone, onClose }) {
  const [overlap, setOverlap] = useState(86_400);
  const [own, setOwn] = useState('');
  const [rotated, setRotated] = useState(null);
  if (rotated) return html`<${SecretDialog} secret=${rotated.secret} onClose=${onClose}>${overlap > 0 && html`<p>The old one goes on signing beside it for a while.</p>`}<//>`;
  return html`
    <${ActionDialog} title="Rotate the secret" action="Rotate" onClose=${onClose} run=${async () => {
      const changed = await webhooks.act(webhook.id, 'rotate-secret', { overlap_seconds: overlap, ...(own && { secret: own }) });
      onDone(changed);
      if (changed.secret) setRotated(changed);
      else onClose();
    }}>
      <p>A new secret is made. So that no request is refused meanwhile, the old one can go on signing beside it.</p>
      <${Field} label="The old one goes on for">
        ${(field) => html`<select ...${field} value=${overlap} onChange=${(e) => setOverlap(Number(e.target.value))}>${overlaps.map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select>`}
      <//>
      <${Field} label="A secret of your own" hint="Leave it empty to have one made.">${(field) => html`<input ...${field} type="password" autocomplete="new-password" class="mono" value=${own} onInput=${(e) => setOwn(e.target.value)} />`}<//>
    <//>`;
}

const ranges = [[1, 'the last hour'], [24, 'the last 24 hours'], [168, 'the last 7 days']];

export function RecoverDialog({ webhook, missedSince, onDone, onClose }) {
  const [since, setSince] = useState(() => toInput(missedSince ?? Date.now() - 86_400_000));
  return html`
    <${ActionDialog} title="Recover what was missed" action="Recover" onClose=${onClose} isReady=${Boolean(since)} run=${async () => {
      const { recovered } = await webhooks.act(webhook.id, 'recover', { since: fromInput(since) });
      toast(recovered === 0 ? 'There was nothing to recover.' : `${plural(recovered, 'delivery is', 'deliveries are')} under way again.`);
      onDone();
    }}>
      <p>Delivers again what failed for good, and what this webhook missed while it was disabled, of the events published since:</p>
      <${Field} label="Since">${(field) => html`<input ...${field} type="datetime-local" required value=${since} onInput=${(e) => setSince(e.target.value)} />`}<//>
      <div class="quick">${ranges.map(([hours, label]) => html`<${Button} onClick=${() => setSince(toInput(Date.now() - hours * 3_600_000))}>${label}<//>`)}</div>
    <//>`;
}

export function CopyDialog({ webhook, scopes, onDone, onClose }) {
  const [scope, setScope] = useState(scopes[0]?.id ?? '');
  const [name, setName] = useState(webhook.name ?? '');
  const [copy, setCopy] = useState(null);
  if (copy) return html`<${SecretDialog} secret=${copy.secret} onClose=${onClose}><p>The copy has a secret of its own.</p><//>`;
  return html`
    <${ActionDialog} title="Copy this webhook" action="Copy" onClose=${onClose} run=${async () => {
      const made = await webhooks.act(webhook.id, 'copy', { scope, ...(name && { name }) });
      onDone(scopes.find((s) => s.id === scope));
      if (made.secret) setCopy(made);
      else onClose();
    }}>
      <${Field} label="To">${(field) => html`<select ...${field} value=${scope} onChange=${(e) => setScope(e.target.value)}>${scopes.map((s) => html`<option value=${s.id}>${plain(s.name)}</option>`)}</select>`}<//>
      <${Field} label="Name of the copy">${(field) => html`<input ...${field} type="text" dir="auto" autocomplete="off" value=${name} onInput=${(e) => setName(e.target.value)} />`}<//>
    <//>`;
}

// What was sent and what came back.
function Exchange({ attempt }) {
  return html`
    <${Facts} items=${[
      ['Outcome', html`<${Outcome} value=${attempt.outcome} status=${attempt.status_code} />`],
      ['Took', span(attempt.duration_ms)],
      attempt.error && ['Error', html`<${Text} value=${attempt.error} />`],
    ]} />
    <h3>Request</h3>
    <${Request} request=${attempt.request} />
    <h3>Answer</h3>
    ${attempt.response
      ? html`<${HeaderList} headers=${attempt.response.headers} /><${Code} value=${attempt.response.body} label="Answer" empty="(no body)" />`
      : html`<p class="muted">There was none.</p>`}`;
}

const HeaderList = ({ headers }) => html`
  <dl class="headers">${Object.entries(headers).map(([name, value]) => html`<div><dt><${Text} value=${name} /></dt><dd><${Text} value=${value} /></dd></div>`)}</dl>`;

export const Request = ({ request }) => html`
  <p class="request-line mono"><strong>${request.method}</strong> <${Text} value=${request.url} /></p>
  <${HeaderList} headers=${request.headers} />
  <${Code} value=${request.body} label="Body of the request" empty="(no body)" />`;

export function TestDialog({ webhook, onDone, onClose }) {
  const types = useLoad(() => catalog.eventTypes(), []);
  const [event, setEvent] = useState('');
  const [body, setBody] = useState('');
  const [state, setState] = useState({});
  const send = async (e) => {
    e.preventDefault();
    if (state.isBusy) return;
    setState({ isBusy: true });
    try {
      const data = event && body.trim() ? { data: JSON.parse(body) } : {};
      setState({ attempt: await webhooks.act(webhook.id, 'test', event ? { event, ...data } : {}) });
      onDone();
    } catch (fault) {
      setState({ fault: fault instanceof SyntaxError ? { message: `The data is no JSON: ${fault.message}` } : fault });
    }
  };
  return html`
    <${Dialog} title="Send a test event" onClose=${onClose} isWide=${true}>
      <form onSubmit=${send} novalidate>
        <div class="dialog-body">
          <${Loaded} state=${types}>${(found) => html`
            <${Field} label="Event type">
              ${(field) => html`
                <select ...${field} value=${event} onChange=${(e) => setEvent(e.target.value)}>
                  <option value="">webhook.test</option>
                  ${found.map((type) => html`<option value=${type.name}>${type.name}</option>`)}
                </select>`}
            <//>`}<//>
          ${event && html`<${Field} label="Data" hint="JSON; empty for {}.">${(field) => html`<textarea ...${field} rows="3" class="mono" dir="auto" spellcheck=${false} value=${body} onInput=${(e) => setBody(e.target.value)}></textarea>`}<//>`}
          <p class="hint">It goes out at once, whatever the webhook’s status, and is not kept.</p>
          <div role="status" aria-live="polite">
            ${state.fault && html`<${Alert} isLive=${false}><p><${Text} value=${state.fault.message} /></p>${Object.values(state.fault.errors ?? {}).flat().map((error) => html`<p><${Text} value=${error} /></p>`)}<//>`}
            ${state.attempt && html`<div class="exchange"><${Exchange} attempt=${state.attempt} /></div>`}
          </div>
        </div>
        <div class="dialog-foot">
          <${Button} onClick=${onClose}>Close<//>
          <button type="submit" class="button primary" aria-disabled=${state.isBusy ? 'true' : undefined}>${state.isBusy ? 'Sending…' : state.attempt ? 'Send again' : 'Send'}</button>
        </div>
      </form>
    <//>`;
}
