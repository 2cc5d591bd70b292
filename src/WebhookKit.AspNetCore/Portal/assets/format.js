// Times, spans and numbers in words.
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const shortTime = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'always', style: 'short' });
const integer = new Intl.NumberFormat();
const units = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];

export const count = (number) => integer.format(number ?? 0);
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
export const exact = (time) => dateTime.format(new Date(time));
export const brief = (time) => shortTime.format(new Date(time));

export function ago(time, now) {
  const seconds = (new Date(time).getTime() - now) / 1000;
  if (Math.abs(seconds) < 1) return 'now';
  const [unit, size] = units.find(([, least]) => Math.abs(seconds) >= least);
  return relative.format(Math.trunc(seconds / size), unit);
}

export function span(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

const words = {
  error_status: 'Error status', timed_out: 'Timed out', name_not_resolved: 'Host not found', connection_failed: 'No connection',
  tls_failed: 'TLS failed', connection_lost: 'Connection lost', invalid_response: 'Invalid answer', request_failed: 'Not sent',
};

// A name of the API, such as error_status, for people.
export function named(word) {
  const text = words[word] ?? String(word ?? '').replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// What an <input type=datetime-local> holds, and back.
export const toInput = (time) => {
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
export const fromInput = (text) => (text ? new Date(text).toISOString() : undefined);
