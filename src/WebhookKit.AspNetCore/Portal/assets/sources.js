// MailUp's webhooks choose where a change came from. Here that is a filter on an attribute of the event.
import { html } from './html.js';
import { Check } from './ui.js';

const attribute = 'EventSource';
const sources = [
  ['API', 'Another program, through the API'],
  ['Console', 'Somebody at the console'],
  ['Recipient', 'The recipient'],
];

// The sources that a filter lets pass; nothing when it says something else.
function read(filter) {
  if (!filter.trim()) return sources.map(([name]) => name);
  try {
    const parsed = JSON.parse(filter);
    const names = parsed.in ?? (typeof parsed.equalTo === 'string' ? [parsed.equalTo] : null);
    return parsed.attribute === attribute && Array.isArray(names) && names.every((name) => sources.some(([known]) => known === name)) ? names : null;
  } catch {
    return null;
  }
}

const write = (chosen) => (chosen.length === sources.length ? '' : JSON.stringify({ attribute, in: chosen }));

export function Sources({ filter, onChange }) {
  const chosen = read(filter);
  const toggle = (name) => onChange(write(sources.map(([known]) => known).filter((known) => (known === name ? !chosen.includes(known) : chosen.includes(known)))));
  return html`
    <fieldset class="field">
      <legend>Source</legend>
      ${chosen
        ? html`<p class="hint">Only changes that came from here are sent. At least one.</p>
          ${sources.map(([name, words]) => html`<${Check} key=${name} label=${name} hint=${words} checked=${chosen.includes(name)} disabled=${chosen.length === 1 && chosen[0] === name} onChange=${() => toggle(name)} />`)}`
        : html`<p class="hint">The filter under “Advanced” says more than sources. Empty it to choose here.</p>`}
    </fieldset>`;
}
