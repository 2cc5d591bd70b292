// A word on what has been done, which goes away by itself.
import { html, useEffect, useState } from './html.js';
import { announce } from './state.js';
import { Text } from './text.js';

const stayMs = 6000;
let show = () => {};

export function toast(words) {
  show(words);
  announce(words);
}

export function Toasts() {
  const [words, setWords] = useState(null);
  useEffect(() => {
    show = (text) => setWords({ text });
  }, []);
  useEffect(() => {
    if (!words) return undefined;
    const timer = setTimeout(() => setWords(null), stayMs);
    return () => clearTimeout(timer);
  }, [words]);

  // Screen readers hear it by announce().
  return words && html`<div class="toast" aria-hidden="true"><${Text} value=${words.text} /></div>`;
}
