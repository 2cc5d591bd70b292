// Chooses one of many webhooks by a part of its name: an editable combobox with a list, as the ARIA practices have it.
import { html, useEffect, useRef, useState } from './html.js';
import { webhooks } from './api.js';
import { announce, useSettled } from './state.js';
import { plural } from './format.js';
import { Text } from './text.js';
import { nameOf } from './list.js';
import { nameById } from './names.js';

const most = 8;

export function WebhookChooser({ id, onChoose }) {
  const [text, setText] = useState('');
  const [found, setFound] = useState([]);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const words = useSettled(text, 200);
  const isTyped = useRef(false);
  useEffect(() => {
    let isCurrent = true;
    isTyped.current = false;
    if (id) nameById(id).then((name) => { if (isCurrent) setText(name); });
    else setText('');
    return () => { isCurrent = false; };
  }, [id]);
  useEffect(() => {
    if (!isTyped.current || !isOpen) return undefined;
    let isCurrent = true;
    webhooks.page({ search: words, limit: most }).then(({ data }) => {
      if (!isCurrent) return;
      setFound(data);
      setActive(-1);
      announce(`${plural(data.length, 'webhook')} found.`);
    }, () => setFound([]));
    return () => { isCurrent = false; };
  }, [words, isOpen]);
  const choose = (webhook) => {
    isTyped.current = false;
    setOpen(false);
    setText(webhook ? nameOf(webhook) : '');
    onChoose(webhook?.id);
  };
  const onKeyDown = (e) => {
    if (e.key === 'Escape') setOpen(false);
    if (e.key === 'Enter' && isOpen && active >= 0) choose(found[active]);
    if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
    e.preventDefault();
    isTyped.current = true;
    setOpen(true);
    if (found.length > 0) setActive((active + (e.key === 'ArrowDown' ? 1 : -1) + found.length) % found.length);
  };
  const isShown = isOpen && found.length > 0;
  return html`
    <label for="webhook">Webhook</label>
    <div class="combobox">
      <input id="webhook" type="search" dir="auto" maxlength="200" role="combobox" autocomplete="off" placeholder="All" aria-autocomplete="list" aria-controls="webhook-list"
        aria-expanded=${isShown ? 'true' : 'false'} aria-activedescendant=${isShown && active >= 0 ? `webhook-${active}` : undefined} value=${text}
        onInput=${(e) => { isTyped.current = true; setText(e.target.value); setOpen(true); if (!e.target.value && id) onChoose(undefined); }}
        onKeyDown=${onKeyDown} onFocus=${() => { if (!id) { isTyped.current = true; setOpen(true); } }} onBlur=${() => setOpen(false)} />
      <ul id="webhook-list" role="listbox" aria-label="Webhooks" hidden=${!isShown}>
        ${found.map((webhook, index) => html`
          <li key=${webhook.id} id="webhook-${index}" role="option" aria-selected=${index === active ? 'true' : 'false'} onMouseDown=${(e) => { e.preventDefault(); choose(webhook); }}>
            <${Text} value=${nameOf(webhook)} /><span class="row-sub mono"><${Text} value=${webhook.url} /></span>
          </li>`)}
      </ul>
    </div>`;
}
