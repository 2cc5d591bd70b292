// The frame of the page, and which view a route shows.
import { html, render, useEffect, useErrorBoundary, useRef } from './html.js';
import { href, useRoute } from './router.js';
import { Alert, Button, Page } from './ui.js';
import { Toasts } from './toasts.js';
import { WebhookList } from './list.js';
import { CreateWebhook, EditWebhook } from './edit.js';
import { Webhook } from './webhook.js';
import { DeliveryList } from './deliveries.js';
import { Delivery } from './delivery.js';
import { Statistics } from './statistics.js';

const title = document.querySelector('meta[name=portal-title]').content;
const home = document.querySelector('meta[name=portal-home]').content;

function View({ route }) {
  const [section = 'webhooks', id, more] = route.path;
  if (section === 'webhooks' && id === 'new') return html`<${CreateWebhook} />`;
  if (section === 'webhooks' && id && more === 'edit') return html`<${EditWebhook} key=${id} id=${id} />`;
  if (section === 'webhooks' && id) return html`<${Webhook} key=${id} id=${id} />`;
  if (section === 'webhooks') return html`<${WebhookList} query=${route.query} />`;
  if (section === 'deliveries' && id) return html`<${Delivery} key=${id} id=${id} />`;
  if (section === 'deliveries') return html`<${DeliveryList} query=${route.query} />`;
  if (section === 'statistics') return html`<${Statistics} query=${route.query} />`;
  return html`<${Page} title="Not found"><p>There is no such view. <a href=${href([])}>Show the webhooks</a></p><//>`;
}

function Guarded({ route }) {
  const [fault, reset] = useErrorBoundary((error) => console.error(error));
  return fault
    ? html`<${Page} title="Something went wrong"><${Alert}><p>This view broke down. That is our fault, not yours.</p><${Button} onClick=${reset}>Try again<//><//><//>`
    : html`<${View} route=${route} />`;
}

function Navigation({ section }) {
  const link = (name, label, path) => html`<a href=${href(path)} aria-current=${section === name ? 'page' : undefined}>${label}</a>`;
  return html`
    <nav aria-label="Portal">
      ${link('webhooks', 'Webhooks', [])}
      ${link('deliveries', 'Deliveries', ['deliveries'])}
      ${link('statistics', 'Statistics', ['statistics'])}
    </nav>`;
}

function App() {
  const route = useRoute();
  const place = route.path.join('/');
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    scrollTo(0, 0);
    document.getElementById('heading')?.focus({ preventScroll: true });
  }, [place]);
  const skip = (e) => {
    e.preventDefault();
    document.getElementById('heading')?.focus();
  };
  return html`
    <a class="skip" href="#heading" onClick=${skip}>Skip to content</a>
    <header class="top">
      <div class="top-row">
        <span class="brand"><span class="mark" aria-hidden="true"></span>${title}</span>
        <${Navigation} section=${route.path[0] ?? 'webhooks'} />
        ${home && html`<a class="home" href=${home}>Back to the application</a>`}
      </div>
    </header>
    <main><${Guarded} key=${place} route=${route} /></main>
    <${Toasts} />`;
}

render(html`<${App} />`, document.getElementById('app'));
