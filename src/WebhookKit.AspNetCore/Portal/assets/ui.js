// The small parts that all views are made of.
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from './html.js';
import { plain, Text } from './text.js';
import { named } from './format.js';

const portalTitle = document.querySelector('meta[name=portal-title]').content;

// One view: its heading takes the focus when the route changes, so that a screen reader says where one is.
export function Page({ title, heading, back, actions, children }) {
  useEffect(() => { document.title = title === portalTitle ? title : `${plain(title)} · ${portalTitle}`; }, [title]);
  return html`
    <div class="page">
      ${back && html`<a class="back" href=${back.href}><span aria-hidden="true">←</span> ${back.label}</a>`}
      <div class="page-head">
        <h1 tabindex="-1" id="heading">${heading ?? title}</h1>
        ${actions && html`<div class="actions">${actions}</div>`}
      </div>
      ${children}
    </div>`;
}

export function Button({ kind = 'plain', isBusy, children, ...rest }) {
  return html`<button type="button" class="button ${kind}" aria-disabled=${isBusy ? 'true' : undefined} ...${rest} onClick=${isBusy ? undefined : rest.onClick}>${children}</button>`;
}

export const LinkButton = ({ kind = 'plain', children, ...rest }) => html`<a class="button ${kind}" ...${rest}>${children}</a>`;

const tones = {
  healthy: 'good', succeeded: 'good', enabled: 'good', failing: 'bad', exhausted: 'bad', expired: 'bad',
  paused: 'warn', pending: 'info', disabled: 'off', canceled: 'off', idle: 'off',
};

export const Badge = ({ value, tone, label }) => html`<span class="badge ${tone ?? tones[value] ?? 'bad'}"><span class="dot" aria-hidden="true"></span>${label ?? named(value)}</span>`;

export const Outcome = ({ value, status }) => html`<${Badge} tone=${value === 'succeeded' ? 'good' : 'bad'} label=${status ? `${status} ${named(value)}` : named(value)} />`;

// Where the summary of what is wrong leads to.
export const fieldId = (name) => `field-${name.replaceAll('.', '-')}`;

export function Field({ name, label, hint, errors, children, isRequired }) {
  const own = useId();
  const id = name ? fieldId(name) : own;
  const described = [hint && `${id}-hint`, errors?.length && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return html`
    <div class="field ${errors?.length ? 'faulty' : ''}">
      <label for=${id}>${label}${isRequired && html`<span class="muted"> (required)</span>`}</label>
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
      ${children({ id, 'aria-describedby': described, 'aria-invalid': errors?.length ? 'true' : undefined })}
      <${Faults} id="${id}-error" errors=${errors} />
    </div>`;
}

export const Faults = ({ id, errors }) => Boolean(errors?.length) && html`<div class="error" id=${id}>${errors.map((error) => html`<p><${Text} value=${error} /></p>`)}</div>`;

export function Check({ name, label, hint, ...rest }) {
  const own = useId();
  const id = name ? fieldId(name) : own;
  return html`
    <div class="check">
      <input type="checkbox" id=${id} aria-describedby=${hint ? `${id}-hint` : undefined} ...${rest} />
      <label for=${id}><span>${label}</span>${hint && html`<span class="hint" id="${id}-hint">${hint}</span>`}</label>
    </div>`;
}

export const Switch = (props) => html`<div class="switch"><${Check} role="switch" ...${props} /></div>`;

export function Alert({ tone = 'bad', children, isLive = true }) {
  return html`<div class="alert ${tone}" role=${isLive ? 'alert' : undefined}>${children}</div>`;
}

export function Failure({ fault, retry }) {
  return html`<${Alert}><p><${Text} value=${fault.message} /></p>${retry && html`<${Button} onClick=${retry}>Try again<//>`}<//>`;
}

// What is being loaded, could not be loaded, or is there.
export function Loaded({ state, children }) {
  if (state.fault) return html`<${Failure} fault=${state.fault} retry=${state.retry} />`;
  if (state.value === undefined) return html`<div class="loading" role="status"><span class="unseen">Loading…</span><i></i><i></i><i></i></div>`;
  return html`
    ${state.trouble && html`<${Alert} tone="warn"><p>This is not up to date. <${Text} value=${state.trouble.message} /></p><//>`}
    ${children(state.value)}`;
}

export const Empty = ({ title, children }) => html`<div class="empty"><p class="empty-title">${title}</p>${children}</div>`;

export function Facts({ items }) {
  return html`<dl class="facts">${items.filter(Boolean).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

// The browser's own dialog keeps the focus inside and the rest of the page out of reach. The focus goes back to where it was.
export function Dialog({ title, onClose, children, isWide }) {
  const dialog = useRef();
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown.showModal();
    return () => {
      if (shown.open) shown.close();
      if (before?.isConnected && document.activeElement !== before) before.focus();
    };
  }, []);
  return html`
    <dialog ref=${dialog} class=${isWide ? 'wide' : ''} aria-labelledby=${id} onCancel=${(e) => { e.preventDefault(); onClose(); }}>
      <div class="dialog-head">
        <h2 id=${id}>${title}</h2>
        <button type="button" class="close" aria-label="Close" onClick=${onClose}><span aria-hidden="true">✕</span></button>
      </div>
      ${children}
    </dialog>`;
}

// A dialog that asks before something is done, and shows what went wrong.
export function ActionDialog({ title, action, kind = 'primary', run, onClose, children, isReady = true }) {
  const [state, setState] = useState({});
  const submit = async (e) => {
    e.preventDefault();
    if (state.isBusy || !isReady) return;
    setState({ isBusy: true });
    try {
      await run();
    } catch (fault) {
      setState({ fault });
    }
  };
  return html`
    <${Dialog} title=${title} onClose=${onClose}>
      <form onSubmit=${submit} novalidate>
        <div class="dialog-body">
          ${children}
          ${state.fault && html`<${Alert}><p><${Text} value=${state.fault.message} /></p>${Object.values(state.fault.errors ?? {}).flat().map((error) => html`<p><${Text} value=${error} /></p>`)}<//>`}
        </div>
        <div class="dialog-foot">
          <${Button} onClick=${onClose}>Cancel<//>
          <button type="submit" class="button ${kind}" aria-disabled=${state.isBusy ? 'true' : undefined}>${state.isBusy ? 'Working…' : action}</button>
        </div>
      </form>
    <//>`;
}

export function CopyButton({ value, what }) {
  const [result, setResult] = useState(null);
  useEffect(() => {
    if (!result?.isCopied) return undefined;
    const timer = setTimeout(() => setResult(null), 3000);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setResult({ isCopied: true, words: 'Copied.' });
    } catch {
      // Without https browsers keep the clipboard closed.
      setResult({ words: `The browser does not allow copying. Select the ${what.toLowerCase()} and copy it yourself.` });
    }
  };

  // Said here and not by announce(): behind a dialog nothing is heard.
  return html`<${Button} onClick=${copy} aria-label="Copy ${what.toLowerCase()}">Copy<//><span class="copied" role="status">${result?.words}</span>`;
}

export function More({ cursor, load }) {
  const [isBusy, setBusy] = useState(false);
  const click = async () => {
    setBusy(true);
    try {
      await load();
    } finally {
      setBusy(false);
    }
  };
  return cursor && html`<div class="more"><${Button} isBusy=${isBusy} onClick=${click}>${isBusy ? 'Loading…' : 'Load more'}<//></div>`;
}
