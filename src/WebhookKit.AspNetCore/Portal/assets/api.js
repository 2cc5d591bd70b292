// The management API, which is mounted below the page.
const root = new URL('api/', document.baseURI);

export class ApiError extends Error {
  constructor(status, message, errors) {
    super(message);
    this.status = status;
    this.errors = errors ?? {};
  }

  get isStale() { return this.status === 412; }
}

const path = (...parts) => parts.map(encodeURIComponent).join('/');

async function send(method, where, { query, body, etag } = {}) {
  const url = new URL(where, root);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, value);
  }

  const headers = { Accept: 'application/json' };
  if (method === 'POST' || method === 'PUT') headers['Content-Type'] = 'application/json';
  if (etag) headers['If-Match'] = etag;
  let response;
  try {
    // Whoever is sent to a page for signing in is signed out: that page is no answer.
    response = await fetch(url, {
      method, headers, redirect: 'manual', credentials: 'same-origin',
      body: headers['Content-Type'] ? JSON.stringify(body ?? {}) : undefined,
    });
  } catch {
    throw new ApiError(0, 'The server cannot be reached. Check your connection and try again.');
  }

  if (response.type === 'opaqueredirect' || response.status === 401) throw new ApiError(401, 'You are signed out. Sign in and load this page again.');
  if (response.status === 204) return null;
  const answer = /json/.test(response.headers.get('Content-Type') ?? '') ? await response.json().catch(() => null) : null;
  if (!response.ok) throw new ApiError(response.status, answer?.message ?? `The server answered ${response.status}.`, answer?.errors);
  return answer ?? {};
}

const get = (where, query) => send('GET', where, { query });
const data = async (answer) => (await answer).data;

// Whoever keeps something of webhooks is shown each that comes by.
let show = () => {};
export const onWebhooks = (look) => { show = look; };
const one = async (answer) => {
  const webhook = await data(answer);
  show([webhook]);
  return webhook;
};
const many = async (answer) => {
  const page = await answer;
  show(page.data);
  return page;
};

export const webhooks = {
  page: ({ cursor = '', ...query } = {}) => many(sendList('', { view: 'full', include: 'health', limit: 50, ...query }, cursor)),
  get: (id) => one(get(path(id), { view: 'full', include: 'health' })),
  create: (body) => one(send('POST', '', { body, query: { view: 'full' } })),
  update: (id, body, etag) => one(send('PUT', path(id), { body, etag, query: { view: 'full' } })),
  remove: (id, etag) => send('DELETE', path(id), { etag }),
  act: (id, action, body) => data(send('POST', path(id, action), { body, query: { view: 'full' } })),
};

// A list by key says so by its cursor, which is empty on the first page.
function sendList(where, query, cursor) {
  const url = new URL(where, root);
  url.searchParams.set('cursor', cursor ?? '');
  return send('GET', url, { query });
}

export const deliveries = {
  page: ({ cursor = '', ...query } = {}) => sendList('deliveries', { limit: 50, ...query }, cursor),
  get: (id) => data(get(path('deliveries', id))),
  attempts: (id) => data(get(path('deliveries', id, 'attempts'))),
  request: (id) => data(get(path('deliveries', id, 'request'))),
  act: (id, action) => data(send('POST', path('deliveries', id, action))),
};

export const statistics = {
  all: (query) => data(get('statistics', query)),
  of: (id, query) => data(get(path(id, 'statistics'), query)),
  byWebhook: (query) => data(get('statistics/webhooks', query)),
};

// What a webhook can choose from does not change while the page is open.
const kept = new Map();
function keep(name, load) {
  if (!kept.has(name)) kept.set(name, load().catch((fault) => { kept.delete(name); throw fault; }));
  return kept.get(name);
}

export const catalog = {
  eventTypes: () => keep('event-types', () => data(get('event-types'))),
  profiles: () => keep('profiles', () => data(get('profiles'))),
  scopes: () => keep('scopes', () => data(get('scopes'))),
};
