// All that users and endpoints wrote is shown as text. What cannot be seen in it, or would reorder what surrounds it, is shown by its number.
import { html } from './html.js';

// The joiners of zero width stay: Persian and emoji need them.
const invisible = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const invisibleButLines = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const numbered = (char) => `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

// For titles and messages, which take no elements.
export const plain = (text) => String(text ?? '').replace(new RegExp(invisible, 'gu'), (char) => `⟨${numbered(char)}⟩`);

function parts(text, pattern) {
  const found = [];
  let rest = text;
  for (let at = rest.search(pattern); at >= 0; at = rest.search(pattern)) {
    const char = String.fromCodePoint(rest.codePointAt(at));
    if (at > 0) found.push(rest.slice(0, at));
    found.push(html`<span class="invisible">${numbered(char)}</span>`);
    rest = rest.slice(at + char.length);
  }

  if (rest) found.push(rest);
  return found;
}

// A bdi keeps the direction of its text to itself.
export const Text = ({ value }) => html`<bdi class="text">${parts(String(value ?? ''), invisible)}</bdi>`;

function pretty(text) {
  try {
    // Numbers that a double cannot hold would change.
    return /\d{16}/.test(text) ? text : JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const longest = 100_000;

export function Code({ value, label, empty = '(empty)' }) {
  const text = pretty(String(value ?? ''));
  const shown = text.length > longest ? text.slice(0, longest) : text;
  return html`
    <pre class="code" dir="auto" tabindex="0" role="region" aria-label=${label}>${shown ? parts(shown.replaceAll('\r\n', '\n'), invisibleButLines) : html`<span class="muted">${empty}</span>`}${
      shown !== text && html`<span class="muted">${`\n… ${text.length - longest} more characters`}</span>`}</pre>`;
}
