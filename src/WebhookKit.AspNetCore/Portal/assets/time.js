// Times in words, kept right while the page is open.
import { html, useEffect, useState } from './html.js';
import { ago, exact } from './format.js';

const minuteMs = 60_000;

// What is near is said in seconds, and goes on with each.
function useNow(value) {
  const [, tick] = useState(0);
  const now = Date.now();
  const isNear = Math.abs(Date.parse(value) - now) < minuteMs;
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), isNear ? 1000 : 15_000);
    return () => clearInterval(timer);
  }, [isNear]);
  return now;
}

const None = () => html`<span class="muted">–</span>`;

// Where the browser's clock is behind the server's, what has just happened is still no thing of the future.
const inWords = (value, now, isAhead) => ago(value, isAhead ? now : Math.max(now, Date.parse(value)));

export function Time({ value }) {
  const now = useNow(value);
  return value ? html`<time datetime=${value} title=${exact(value)}>${inWords(value, now)}</time>` : html`<${None} />`;
}

// `isAhead` is for what may be yet to come.
export function ExactTime({ value, isAhead }) {
  const now = useNow(value);
  return value ? html`<time datetime=${value}>${exact(value)}</time> <span class="muted">(${inWords(value, now, isAhead)})</span>` : html`<${None} />`;
}

// What is due waits for its turn only.
export function Due({ at }) {
  const now = useNow(at);
  return Date.parse(at) > now ? html`<time datetime=${at} title=${exact(at)}>${ago(at, now)}</time>` : html`<span>due now</span>`;
}
