// Which events a webhook gets: single ones, all of a kind, or all.
import { html, useState } from './html.js';
import { plain, Text } from './text.js';
import { Button, Check, Faults, Field } from './ui.js';

const kindOf = (name) => (name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '');
const matches = (pattern, name) => pattern === name || pattern === '*' || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)));

// The chosen ones that may only go to webhooks that batch. A pattern that covers others too is sent the others.
export const needBatching = (patterns, types) => types.filter((type) => type.batching_required && patterns.some((p) => matches(p, type.name)));

function Kind({ kind, types, chosen, toggle, isAll }) {
  const pattern = `${kind}.*`;
  const hasPattern = kind !== '' && chosen.includes(pattern);
  return html`
    <fieldset class="kind">
      <legend class=${kind ? '' : 'unseen'}>${kind ? html`<${Text} value=${kind} />` : 'Event types'}</legend>
      ${kind && html`<${Check} label=${html`All of <code>${pattern}</code>`} hint="Also those that are added later" checked=${hasPattern || isAll} disabled=${isAll} onChange=${() => toggle(pattern)} />`}
      <div class="types">
        ${types.map((type) => html`
          <${Check}
            key=${type.name}
            label=${html`<code><${Text} value=${type.name} /></code>${type.batching_required && html` <span class="tag">needs batching</span>`}`}
            hint=${html`<${Text} value=${type.description} />`}
            checked=${isAll || hasPattern || chosen.includes(type.name)}
            disabled=${isAll || hasPattern}
            onChange=${() => toggle(type.name)} />`)}
      </div>
    </fieldset>`;
}

function Others({ others, add, remove }) {
  const [text, setText] = useState('');
  const take = () => {
    if (text.trim()) add(text.trim());
    setText('');
  };
  return html`
    <${Field} label="Another event type or pattern" hint="Such as order.* for all that begin with order.">
      ${(field) => html`
        <div class="with-button">
          <input ...${field} type="text" dir="auto" class="mono" value=${text} autocomplete="off" spellcheck=${false}
            onInput=${(e) => setText(e.target.value)} onKeyDown=${(e) => { if (e.key === 'Enter') { e.preventDefault(); take(); } }} />
          <${Button} onClick=${take}>Add<//>
        </div>`}
    <//>
    ${others.length > 0 && html`
      <ul class="chips" aria-label="Other patterns">
        ${others.map((pattern) => html`<li key=${pattern}><code><${Text} value=${pattern} /></code><button type="button" class="chip-remove" aria-label="Remove ${plain(pattern)}" onClick=${() => remove(pattern)}><span aria-hidden="true">✕</span></button></li>`)}
      </ul>`}`;
}

export function EventPicker({ types, chosen, onChange, errors }) {
  const [search, setSearch] = useState('');
  const isAll = chosen.includes('*');
  const words = search.trim().toLowerCase();
  const shown = types.filter((type) => !words || `${type.name} ${type.description}`.toLowerCase().includes(words));
  const kinds = [...Map.groupBy(shown, (type) => kindOf(type.name))];
  const known = new Set(['*', ...types.map((type) => type.name), ...types.map((type) => `${kindOf(type.name)}.*`)]);
  const toggle = (name) => onChange(chosen.includes(name) ? chosen.filter((c) => c !== name) : [...chosen, name]);
  return html`
    <div class=${errors?.length ? 'faulty' : ''} id="field-events" tabindex="-1">
      <${Check} label="Every event" hint="Also those that are added later" checked=${isAll} onChange=${() => toggle('*')} />
      ${types.length > 12 && html`
        <div class="filter">
          <label for="event-search">Find an event type</label>
          <input id="event-search" type="search" dir="auto" value=${search} autocomplete="off" onInput=${(e) => setSearch(e.target.value)} />
        </div>`}
      <div class="kinds">${kinds.map(([kind, ofKind]) => html`<${Kind} key=${kind} kind=${kind} types=${ofKind} chosen=${chosen} toggle=${toggle} isAll=${isAll} />`)}</div>
      ${shown.length === 0 && words && html`<p class="muted">No event type matches.</p>`}
      <${Others} others=${chosen.filter((c) => !known.has(c))} add=${(p) => { if (!chosen.includes(p)) onChange([...chosen, p]); }} remove=${toggle} />
      <${Faults} errors=${errors} />
    </div>`;
}
