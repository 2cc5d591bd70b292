// What a profile lets a webhook set, as the API describes it.
import { html, useState } from './html.js';
import { plain, Text } from './text.js';
import { Button, Check, Faults, Field } from './ui.js';

const inputs = { text: 'text', url: 'url', number: 'number', secret: 'password' };

// Names and values such as evt=[EventType]&eml=[Email], a row each.
const rowsOf = (text) => (text ? text.split('&').map((part) => {
  const at = part.indexOf('=');
  return at < 0 ? { name: part, value: '' } : { name: part.slice(0, at), value: part.slice(at + 1) };
}) : []);
const textOf = (rows) => rows.filter((row) => row.name || row.value).map((row) => `${row.name}=${row.value}`).join('&');

function Parameters({ setting, value, onChange, errors }) {
  const [rows, setRows] = useState(() => rowsOf(value || setting.default || ''));
  const change = (next) => {
    setRows(next);
    onChange(textOf(next));
  };
  const set = (index, part) => change(rows.map((row, i) => (i === index ? { ...row, ...part } : row)));
  const id = `placeholders-${setting.name}`;
  return html`
    <fieldset class="field ${errors.length ? 'faulty' : ''}">
      <legend>${setting.label}</legend>
      ${setting.description && html`<p class="hint"><${Text} value=${setting.description} /></p>`}
      <datalist id=${id}>${(setting.choices ?? []).map((choice) => html`<option value=${choice.value}>${choice.label}</option>`)}</datalist>
      <ul class="pairs">
        ${rows.map((row, index) => html`
          <li key=${index}>
            <input type="text" dir="auto" aria-label="Name of parameter ${index + 1}" value=${row.name} onInput=${(e) => set(index, { name: e.target.value })} />
            <input type="text" dir="auto" aria-label="Value of parameter ${index + 1}" list=${id} class="mono" value=${row.value} onInput=${(e) => set(index, { value: e.target.value })} />
            <${Button} aria-label="Remove parameter ${index + 1}" onClick=${() => change(rows.filter((_, i) => i !== index))}>✕<//>
          </li>`)}
      </ul>
      <${Button} onClick=${() => change([...rows, { name: '', value: '' }])}>Add a parameter<//>
      <${Faults} errors=${errors} />
    </fieldset>`;
}

function Setting({ setting, value, onChange, errors }) {
  const { type, label, description, choices, required } = setting;
  const hint = description && html`<${Text} value=${description} />`;
  if (type === 'parameters') return html`<${Parameters} setting=${setting} value=${value} onChange=${onChange} errors=${errors} />`;
  if (type === 'boolean') {
    return html`
      <div class="field"><${Check} label=${label} hint=${hint} checked=${(value ?? setting.default) === 'true'} onChange=${(e) => onChange(String(e.target.checked))} /><${Faults} errors=${errors} /></div>`;
  }

  return html`
    <${Field} label=${label} hint=${hint} errors=${errors} isRequired=${required}>
      ${(field) => (type === 'choice'
        ? html`
          <select ...${field} value=${value ?? setting.default ?? ''} onChange=${(e) => onChange(e.target.value)}>
            ${!setting.default && html`<option value="">${required ? 'Choose…' : 'None'}</option>`}
            ${(choices ?? []).map((choice) => html`<option value=${choice.value}>${choice.label}</option>`)}
          </select>`
        : html`<input ...${field} type=${inputs[type] ?? 'text'} dir="auto" autocomplete="off" spellcheck=${false} value=${value ?? ''} placeholder=${setting.default ?? ''} onInput=${(e) => onChange(e.target.value)} />`)}
    <//>`;
}

// A fault of a setting names it in its first words.
const named = (message) => /^The setting '([^']+)'/.exec(message)?.[1];

export function Settings({ profile, values, onChange, errors = [] }) {
  const settings = profile?.settings ?? [];
  const known = new Set(settings.map((setting) => setting.name));
  const set = (name, value) => {
    const next = { ...values, [name]: value };
    if (value === '' || value === undefined) delete next[name];
    onChange(next);
  };
  const strays = Object.keys(values).filter((name) => !known.has(name));
  return html`
    <div id="field-settings" tabindex="-1">
      ${settings.map((setting) => html`
        <${Setting} key="${profile.name}/${setting.name}" setting=${setting} value=${values[setting.name]} onChange=${(value) => set(setting.name, value)}
          errors=${errors.filter((message) => named(message) === setting.name)} />`)}
      ${strays.map((name) => html`
        <p class="stray"><code><${Text} value=${name} /></code> = <code><${Text} value=${values[name]} /></code>
          <${Button} onClick=${() => set(name, '')} aria-label="Remove the setting ${plain(name)}">Remove<//></p>`)}
      <${Faults} errors=${errors.filter((message) => !known.has(named(message)))} />
    </div>`;
}
