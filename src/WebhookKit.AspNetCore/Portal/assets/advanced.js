// What most webhooks leave as it is: headers, order, limits, a filter, a secret of one's own.
import { html } from './html.js';
import { isKept, lostValues } from './draft.js';
import { Button, Faults, Field } from './ui.js';

const orders = [
  ['none', 'None: as fast as possible'],
  ['per_key', 'Events of one key after one another'],
  ['strict', 'All events after one another'],
];
const example = '{"data":"$.plan","equalTo":"pro"}';
const spans = [[1000, 'second'], [60_000, 'minute'], [3_600_000, 'hour'], [86_400_000, 'day']];

function Headers({ rows, onChange, errors = [] }) {
  // A lost value is said while one types, not only when it cannot be saved.
  const faults = [...new Set([...lostValues(rows), ...errors])];
  const set = (index, part) => onChange(rows.map((row, i) => (i === index ? { ...row, ...part } : row)));
  return html`
    <fieldset class="field ${faults.length > 0 ? 'faulty' : ''}" id="field-headers" tabindex="-1">
      <legend>Headers of your own</legend>
      <p class="hint">Sent with every request. Their values are not shown again.</p>
      <ul class="pairs">
        ${rows.map((row, index) => html`
          <li key=${index}>
            <input type="text" dir="auto" class="mono" placeholder="Name" aria-label="Name of header ${index + 1}" value=${row.name} autocomplete="off" spellcheck=${false} onInput=${(e) => set(index, { name: e.target.value })} />
            <input type="text" dir="auto" class="mono" placeholder=${isKept(row) ? 'Unchanged' : 'Value'} aria-label="Value of header ${index + 1}${isKept(row) ? ', unchanged unless you type' : ''}"
              value=${row.value} autocomplete="off" spellcheck=${false} onInput=${(e) => set(index, { value: e.target.value })} />
            <${Button} aria-label="Remove header ${index + 1}" onClick=${() => onChange(rows.filter((_, i) => i !== index))}>✕<//>
          </li>`)}
      </ul>
      <${Button} onClick=${() => onChange([...rows, { name: '', value: '' }])}>Add a header<//>
      <${Faults} errors=${faults} />
    </fieldset>`;
}

export function Advanced({ draft, set, errors, isNew }) {
  const input = (name, type = 'text') => (field) => html`<input ...${field} type=${type} inputmode=${type === 'text' ? 'numeric' : undefined} value=${draft[name]} onInput=${(e) => set({ [name]: e.target.value })} />`;
  const limitErrors = Object.entries(errors).filter(([name]) => name.startsWith('rate_limit')).flatMap(([, messages]) => messages);
  const isOpen = ['headers', 'order', 'max_concurrency', 'filter', 'secret'].some((name) => errors[name]) || limitErrors.length > 0;
  return html`
    <details class="card advanced" open=${isOpen || undefined}>
      <summary><h2>Advanced</h2><span class="muted">Headers, order, limits, filter${isNew ? ', secret' : ''}</span></summary>
      <${Headers} rows=${draft.headers} onChange=${(headers) => set({ headers })} errors=${errors.headers} />
      <${Field} name="order" label="Order" hint="A failed event holds up those behind it, where there is an order." errors=${errors.order}>
        ${(field) => html`<select ...${field} value=${draft.order} onChange=${(e) => set({ order: e.target.value })}>${orders.map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select>`}
      <//>
      <${Field} name="max_concurrency" label="Requests at once" hint="Empty for the default." errors=${errors.max_concurrency}>${input('max_concurrency')}<//>
      <div class="two">
        <${Field} name="rate_limit" label="Rate limit: requests" hint="Empty for none." errors=${limitErrors}>${input('requests')}<//>
        <${Field} label="in each" hint="A sliding window.">
          ${(field) => html`
            <select ...${field} value=${draft.per_ms} onChange=${(e) => set({ per_ms: Number(e.target.value) })}>
              ${spans.map(([value, label]) => html`<option value=${value}>${label}</option>`)}
              ${!spans.some(([value]) => value === draft.per_ms) && html`<option value=${draft.per_ms}>${draft.per_ms} ms</option>`}
            </select>`}
        <//>
      </div>
      <${Field} name="filter" label="Filter" hint=${html`JSON, such as <code>${example}</code>. Only events that match are sent.`} errors=${errors.filter}>
        ${(field) => html`<textarea ...${field} rows="4" class="mono" dir="auto" spellcheck=${false} value=${draft.filter} onInput=${(e) => set({ filter: e.target.value })}></textarea>`}
      <//>
      ${isNew && html`
        <${Field} name="secret" label="Secret of your own" hint="Leave it empty to have one made." errors=${errors.secret}>
          ${(field) => html`<input ...${field} type="password" class="mono" autocomplete="new-password" value=${draft.secret} onInput=${(e) => set({ secret: e.target.value })} />`}
        <//>`}
    </details>`;
}
