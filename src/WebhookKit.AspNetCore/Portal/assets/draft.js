// A webhook as the form holds it, and as the API takes it.
const batching = { max_events: 100, max_bytes: 1_048_576, max_delay_ms: 60_000 };

// Stands for the value of a header, which the API does not show. Sent back under its name, in either case, it leaves the value as it is.
const hidden = '(hidden)';

const needsKept = ({ keptFor, value }) => keptFor !== undefined && value === '';
export const isKept = (row) => needsKept(row) && row.name.toLowerCase() === row.keptFor.toLowerCase();

// A value that is not known here cannot go over to another name.
export const lostValues = (rows) => rows.filter((row) => needsKept(row) && !isKept(row))
  .map(({ keptFor }) => `The value of '${keptFor}' is kept for that name only. Give it again, or the header its old name.`);

export function draftOf(webhook, profile) {
  return {
    name: webhook?.name ?? '',
    url: webhook?.url ?? '',
    events: webhook?.events ?? [],
    batchable: webhook?.batchable ?? false,
    batching: webhook?.batching ?? batching,
    profile: webhook?.profile ?? profile ?? '',
    settings: webhook?.settings ?? {},
    headers: Object.keys(webhook?.headers ?? {}).map((name) => ({ name, value: '', keptFor: name })),
    order: webhook?.order ?? 'none',
    max_concurrency: webhook?.max_concurrency ?? '',
    requests: webhook?.rate_limit?.requests ?? '',
    per_ms: webhook?.rate_limit?.per_ms ?? 1000,
    filter: webhook?.filter ? JSON.stringify(webhook.filter, null, 2) : '',
    secret: '',
    enabled: true,
  };
}

// Text that is no number goes as it is, so that the API says what is wrong with it.
const number = (text) => (text === '' ? null : Number.isNaN(Number(text)) ? text : Number(text));

// What cannot be sent at all is said here; all else the API says.
export function bodyOf(draft, isNew) {
  const errors = {};
  let filter = null;
  try {
    filter = draft.filter.trim() ? JSON.parse(draft.filter) : null;
  } catch (fault) {
    errors.filter = [`The filter is no JSON: ${fault.message}`];
  }

  const headers = {};
  const faults = lostValues(draft.headers);
  for (const row of draft.headers.filter((h) => h.name || h.value)) {
    if (Object.hasOwn(headers, row.name)) faults.push(`The header '${row.name}' is there twice.`);
    headers[row.name] = isKept(row) ? hidden : row.value;
  }

  if (faults.length > 0) errors.headers = faults;

  const body = {
    name: draft.name || null,
    url: draft.url.trim(),
    events: draft.events,
    batchable: draft.batchable,
    profile: draft.profile,
    settings: draft.settings,
    headers,
    order: draft.order,
    max_concurrency: number(draft.max_concurrency),
    rate_limit: draft.requests === '' ? null : { requests: number(draft.requests), per_ms: number(draft.per_ms) },
    filter,
  };
  if (draft.batchable) {
    body.batching = { max_events: number(draft.batching.max_events), max_bytes: number(draft.batching.max_bytes), max_delay_ms: number(draft.batching.max_delay_ms) };
  }

  if (isNew) {
    body.enabled = draft.enabled;
    if (draft.secret) body.secret = draft.secret;
  }

  return { body, errors };
}
