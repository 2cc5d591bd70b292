// Creates and changes a webhook.
import { html, useEffect, useRef, useState } from './html.js';
import { catalog, webhooks } from './api.js';
import { go, href } from './router.js';
import { useLoad } from './state.js';
import { Text } from './text.js';
import { bodyOf, draftOf } from './draft.js';
import { Advanced } from './advanced.js';
import { EventPicker, needBatching } from './events.js';
import { Settings } from './settings.js';
import { Sources } from './sources.js';
import { SecretDialog } from './dialogs.js';
import { toast } from './toasts.js';
import { nameOf } from './list.js';
import { ActionDialog, Alert, Faults, Field, fieldId, LinkButton, Loaded, Page, Switch } from './ui.js';

const loadChoices = async () => {
  const [types, profiles] = await Promise.all([catalog.eventTypes(), catalog.profiles()]);
  return { types, profiles };
};

export function CreateWebhook() {
  const state = useLoad(loadChoices, []);
  const [created, setCreated] = useState(null);
  const save = async (body) => {
    const webhook = await webhooks.create(body);
    if (webhook.secret) setCreated(webhook);
    else leave(webhook);
  };
  const leave = (webhook) => {
    toast('The webhook is created.');
    go(['webhooks', webhook.id]);
  };
  return html`
    <${Page} title="New webhook" back=${{ href: href([]), label: 'Webhooks' }}>
      <${Loaded} state=${state}>${(choices) => html`<${Form} isNew=${true} choices=${choices} save=${save} cancel=${href([])} action="Create webhook" />`}<//>
      ${created && html`<${SecretDialog} secret=${created.secret} onClose=${() => leave(created)} />`}
    <//>`;
}

export function EditWebhook({ id }) {
  const state = useLoad(async () => {
    const [webhook, choices] = await Promise.all([webhooks.get(id), loadChoices()]);
    return { webhook, choices };
  }, [id]);
  const [conflict, setConflict] = useState(null);
  const webhook = state.value?.webhook;
  const leave = () => {
    toast('Saved.');
    go(['webhooks', id]);
  };
  const save = async (body) => {
    try {
      await webhooks.update(id, body, webhook.etag);
      leave();
    } catch (fault) {
      if (!fault.isStale) throw fault;
      setConflict(body);
    }
  };
  const loadTheirs = () => {
    setConflict(null);
    state.retry();
  };
  const overwrite = async () => {
    const theirs = await webhooks.get(id);
    await webhooks.update(id, conflict, theirs.etag);
    leave();
  };
  return html`
    <${Page} title=${webhook ? `Edit ${nameOf(webhook)}` : 'Edit'} heading=${webhook && html`Edit <${Text} value=${nameOf(webhook)} />`} back=${{ href: href(['webhooks', id]), label: 'Webhook' }}>
      <${Loaded} state=${state}>${(value) => html`
        <${Form} key=${value.webhook.etag} webhook=${value.webhook} choices=${value.choices} save=${save} cancel=${href(['webhooks', id])} action="Save changes" />`}<//>
      ${conflict && html`
        <${ActionDialog} title="Changed by somebody else" action="Save mine over it" kind="danger" run=${overwrite} onClose=${() => setConflict(null)}>
          <p>This webhook has changed since you opened it, so nothing of yours has been saved.</p>
          <p>Save yours over it, or <button type="button" class="link" onClick=${loadTheirs}>drop yours and load theirs</button>.</p>
        <//>`}
    <//>`;
}

const labels = {
  url: 'URL', events: 'Events', name: 'Name', batchable: 'Batching', batching: 'Batching', profile: 'Format', settings: 'Settings', headers: 'Headers', order: 'Order',
  max_concurrency: 'Requests at once', rate_limit: 'Rate limit', filter: 'Filter', secret: 'Secret',
};

function focusField(field) {
  const id = fieldId(field);
  const target = document.getElementById(id) ?? document.getElementById(fieldId(field.split('.')[0]));
  const folded = target?.closest('details');
  if (folded) folded.open = true;
  target?.focus();
}

function Summary({ errors, message }) {
  const box = useRef();
  useEffect(() => box.current?.focus(), [errors]);
  const fields = Object.entries(errors);
  return html`
    <div class="alert bad" role="alert" tabindex="-1" ref=${box}>
      <p><strong>${fields.length > 0 ? 'Nothing has been saved yet. Mend this first:' : html`<${Text} value=${message} />`}</strong></p>
      ${fields.length > 0 && html`
        <ul>${fields.map(([field, messages]) => html`<li><button type="button" class="link" onClick=${() => focusField(field)}>${labels[field.split('.')[0]] ?? field}</button>: <${Text} value=${messages.join(' ')} /></li>`)}</ul>`}
    </div>`;
}

function Batching({ draft, set, errors, types }) {
  const needy = needBatching(draft.events, types);
  const part = (name, label, hint) => html`
    <${Field} name="batching.${name}" label=${label} hint=${hint} errors=${errors[`batching.${name}`]}>
      ${(field) => html`<input ...${field} type="text" inputmode="numeric" value=${draft.batching[name]} onInput=${(e) => set({ batching: { ...draft.batching, [name]: e.target.value } })} />`}
    <//>`;
  return html`
    <${Switch} name="batchable" label="Send several events in one request" hint="Events of a short time are gathered and sent together." checked=${draft.batchable}
      aria-required=${needy.length > 0 ? 'true' : undefined} aria-invalid=${errors.batchable ? 'true' : undefined}
      onChange=${(e) => set({ batchable: e.target.checked })} />
    ${needy.length > 0 && !draft.batchable && html`
      <${Alert} tone="warn" isLive=${false}><p>${needy.map((type, i) => html`${i > 0 && ', '}<code><${Text} value=${type.name} /></code>`)} ${needy.length === 1 ? 'comes' : 'come'} in masses and ${needy.length === 1 ? 'is' : 'are'} only sent to webhooks with batching. Switch it on${
        draft.events.some((e) => needy.some((n) => n.name === e)) ? '.' : ', or go without them.'}</p><//>`}
    <${Faults} errors=${[...(errors.batchable ?? []), ...(errors.batching ?? [])]} />
    ${draft.batchable && html`
      <div class="three">
        ${part('max_events', 'Events at most', '1 to 1,000')}
        ${part('max_delay_ms', 'Wait at most (ms)', 'From the first event on')}
        ${part('max_bytes', 'Bytes at most', 'Of all events together')}
      </div>`}`;
}

function Form({ webhook, isNew, choices, save, cancel, action }) {
  const { types, profiles } = choices;
  const [draft, setDraft] = useState(() => draftOf(webhook, profiles.find((p) => p.default)?.name ?? profiles[0]?.name));
  const [failure, setFailure] = useState({ errors: {} });
  const [isBusy, setBusy] = useState(false);
  const set = (part) => setDraft((old) => ({ ...old, ...part }));
  const { errors } = failure;
  const profile = profiles.find((p) => p.name === draft.profile);
  const attempt = async (run) => {
    setBusy(true);
    try {
      await run();
      setFailure({ errors: {} });
    } catch (fault) {
      setFailure({ message: fault.message, errors: fault.errors ?? {} });
    }

    setBusy(false);
  };
  const submit = (e) => {
    e.preventDefault();
    if (isBusy) return;
    const { body, errors: found } = bodyOf(draft, isNew);
    if (Object.keys(found).length > 0) setFailure({ errors: found });
    else attempt(() => save(body));
  };

  // Settings of another dialect would only be refused.
  const choose = (name) => set({ profile: name, settings: name === webhook?.profile ? webhook.settings : {} });
  return html`
    <form class="form" onSubmit=${submit} novalidate>
      ${(failure.message || Object.keys(errors).length > 0) && html`<${Summary} errors=${errors} message=${failure.message} />`}
      <section class="card" aria-labelledby="part-endpoint">
        <h2 id="part-endpoint">Endpoint</h2>
        <${Field} name="name" label="Name" hint="For you and your colleagues." errors=${errors.name}>
          ${(field) => html`<input ...${field} type="text" dir="auto" autocomplete="off" value=${draft.name} onInput=${(e) => set({ name: e.target.value })} />`}
        <//>
        <${Field} name="url" label="URL" isRequired=${true} hint="Requests go here, such as https://example.com/hooks." errors=${errors.url}>
          ${(field) => html`<input ...${field} type="url" class="mono" required autocomplete="off" spellcheck=${false} value=${draft.url} onInput=${(e) => set({ url: e.target.value })} />`}
        <//>
        ${isNew && html`<${Switch} name="enabled" label="Enabled" hint="Off, it is stored and gets nothing yet." checked=${draft.enabled} onChange=${(e) => set({ enabled: e.target.checked })} />`}
      </section>
      <section class="card" aria-labelledby="part-events">
        <h2 id="part-events">Events</h2>
        <p class="hint">What this webhook is told about.</p>
        <${EventPicker} types=${types} chosen=${draft.events} onChange=${(events) => set({ events })} errors=${errors.events} />
      </section>
      <section class="card" aria-labelledby="part-batching">
        <h2 id="part-batching">Batching</h2>
        <${Batching} draft=${draft} set=${set} errors=${errors} types=${types} />
      </section>
      <section class="card" aria-labelledby="part-format">
        <h2 id="part-format">Format</h2>
        <${Field} name="profile" label="Profile" hint=${profile?.description && html`<${Text} value=${profile.description} />`} errors=${errors.profile}>
          ${(field) => html`
            <select ...${field} value=${draft.profile} onChange=${(e) => choose(e.target.value)}>
              ${profiles.map((p) => html`<option value=${p.name}>${p.name}</option>`)}
              ${!profile && html`<option value=${draft.profile}>${draft.profile}</option>`}
            </select>`}
        <//>
        <${Settings} key=${draft.profile} profile=${profile} values=${draft.settings} onChange=${(settings) => set({ settings })} errors=${errors.settings} />
        ${draft.profile === 'MailUp' && html`<${Sources} filter=${draft.filter} onChange=${(filter) => set({ filter })} />`}
      </section>
      <${Advanced} draft=${draft} set=${set} errors=${errors} isNew=${isNew} />
      <div class="form-foot">
        <${LinkButton} href=${cancel}>Cancel<//>
        <button type="submit" class="button primary" aria-disabled=${isBusy ? 'true' : undefined}>${isBusy ? 'Saving…' : action}</button>
      </div>
    </form>`;
}
