// The names of webhooks, for lists that know their ids only. Each is asked for once at most; what comes by anyway keeps them fresh.
import { html, useEffect, useState } from './html.js';
import { onWebhooks, webhooks } from './api.js';
import { Text } from './text.js';
import { nameOf } from './list.js';

const names = new Map();

onWebhooks((found) => {
  for (const webhook of found) names.set(webhook.id, Promise.resolve(nameOf(webhook)));
});

export function nameById(id) {
  // One that is gone has no name any more.
  if (!names.has(id)) names.set(id, webhooks.get(id).then(nameOf, (fault) => { if (fault.status !== 404) names.delete(id); return id; }));
  return names.get(id);
}

export function WebhookName({ id }) {
  const [name, setName] = useState(id);
  useEffect(() => {
    let isCurrent = true;
    nameById(id).then((found) => { if (isCurrent) setName(found); });
    return () => { isCurrent = false; };
  }, [id]);
  return html`<${Text} value=${name} />`;
}
