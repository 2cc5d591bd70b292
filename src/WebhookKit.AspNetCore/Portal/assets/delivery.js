// One delivery: what is sent, each attempt with its answer, and when the next one is.
import { html, useState } from './html.js';
import { deliveries } from './api.js';
import { href } from './router.js';
import { useLoad, usePolling } from './state.js';
import { exact, plural, span } from './format.js';
import { Code, Text } from './text.js';
import { Due, ExactTime } from './time.js';
import { statusLabel, statusTone } from './deliveries.js';
import { Request } from './dialogs.js';
import { WebhookName } from './names.js';
import { toast } from './toasts.js';
import { ActionDialog, Alert, Badge, Button, CopyButton, Facts, Loaded, Outcome, Page } from './ui.js';

const refreshMs = 2000;

function Attempt({ attempt, isLast }) {
  return html`
    <li>
      <details open=${isLast || undefined}>
        <summary>
          <span class="attempt-number">#${attempt.number}</span>
          <${Outcome} value=${attempt.outcome} status=${attempt.status_code} />
          <span class="attempt-time"><time datetime=${attempt.at}>${exact(attempt.at)}</time> · ${span(attempt.duration_ms)}</span>
        </summary>
        <div class="attempt-body">
          ${attempt.error && html`<p class="error-text"><${Text} value=${attempt.error} /></p>`}
          ${attempt.batch_size > 1 && html`<p class="muted">Sent together with ${plural(attempt.batch_size - 1, 'other event')}.</p>`}
          ${attempt.status_code ? html`<${Code} value=${attempt.response_body} label="Answer to attempt ${attempt.number}" empty="(no body)" />` : html`<p class="muted">There was no answer.</p>`}
          <p class="muted mono small">Message <${Text} value=${attempt.message_id} /></p>
        </div>
      </details>
    </li>`;
}

function Attempts({ attempts, delivery }) {
  return html`
    <section class="card" aria-labelledby="attempts">
      <h2 id="attempts">Attempts</h2>
      ${delivery.status === 'pending' && html`<p class="next"><span class="dot" aria-hidden="true"></span>${attempts.length > 0 ? 'Next attempt' : 'First attempt'}: <${Due} at=${delivery.next_attempt_at} /></p>`}
      ${attempts.length === 0 && delivery.status !== 'pending' && html`<p class="muted">There are none, or they are no longer kept.</p>`}
      <ol class="attempts">${attempts.toReversed().map((attempt, index) => html`<${Attempt} key=${attempt.number} attempt=${attempt} isLast=${index === 0} />`)}</ol>
    </section>`;
}

function RequestCard({ id }) {
  const state = useLoad(() => deliveries.request(id), [id]);
  return html`
    <section class="card" aria-labelledby="request">
      <h2 id="request">Request</h2>
      <p class="hint">As it is sent now. The signature is made anew for each attempt.</p>
      ${state.fault
        ? html`<p class="muted"><${Text} value=${state.fault.message} /></p>`
        : html`<${Loaded} state=${state}>${(request) => html`<${Request} request=${request} />`}<//>`}
    </section>`;
}

const Payload = ({ payload }) => html`
  <section class="card" aria-labelledby="payload">
    <div class="card-head"><h2 id="payload">Event</h2>${payload && html`<${CopyButton} value=${payload.data} what="Payload" />`}</div>
    ${payload
      ? html`
        <${Facts} items=${[
          ['Occurred', html`<${ExactTime} value=${payload.occurred_at} />`],
          payload.ordering_key && ['Ordering key', html`<${Text} value=${payload.ordering_key} />`],
          ...Object.entries(payload.attributes).map(([name, value]) => [html`<${Text} value=${name} />`, html`<${Text} value=${value} />`]),
        ]} />
        <${Code} value=${payload.data} label="Payload" />`
      : html`<p class="muted">The event is no longer kept.</p>`}
  </section>`;

export function Delivery({ id }) {
  const state = useLoad(async () => {
    const [delivery, attempts] = await Promise.all([deliveries.get(id), deliveries.attempts(id)]);
    return { delivery, attempts };
  }, [id]);
  const [isCanceling, setCanceling] = useState(false);
  const [fault, setFault] = useState(null);
  const delivery = state.value?.delivery;
  usePolling(state.reload, refreshMs, delivery?.status === 'pending');
  const resend = async () => {
    try {
      await deliveries.act(id, 'resend');
      setFault(null);
      toast('It is sent again.');
    } catch (problem) {
      setFault(problem);
    }

    await state.reload();
  };
  const cancel = async () => {
    await deliveries.act(id, 'cancel');
    setCanceling(false);
    toast('Canceled.');
    await state.reload();
  };
  const actions = delivery && html`
    ${delivery.status === 'pending' && html`<${Button} onClick=${() => setCanceling(true)}>Cancel…<//>`}
    ${['exhausted', 'expired'].includes(delivery.status) && html`<${Button} kind="primary" onClick=${resend}>Send again<//>`}`;
  return html`
    <${Page} title=${delivery ? `Delivery of ${delivery.event}` : 'Delivery'} heading=${delivery && html`<${Text} value=${delivery.event} />`} back=${{ href: href(['deliveries']), label: 'Deliveries' }} actions=${actions}>
      <${Loaded} state=${state}>${({ delivery: shown, attempts }) => html`
        <div class="subject">
          <${Badge} value=${shown.status} tone=${statusTone(shown)} label=${statusLabel(shown)} />
          <span>to <a href=${href(['webhooks', shown.webhook_id])}><${WebhookName} id=${shown.webhook_id} /></a></span>
        </div>
        ${fault && html`<${Alert}><p><${Text} value=${fault.message} /></p><//>`}
        <div class="columns">
          <div>
            <${Attempts} attempts=${attempts} delivery=${shown} />
            <${RequestCard} id=${id} />
          </div>
          <div>
            <section class="card" aria-labelledby="facts">
              <h2 id="facts">Delivery</h2>
              <${Facts} items=${[
                ['Published', html`<${ExactTime} value=${shown.created_at} />`],
                shown.completed_at && ['Ended', html`<${ExactTime} value=${shown.completed_at} />`],
                shown.expires_at && ['Expires', html`<${ExactTime} value=${shown.expires_at} isAhead=${true} />`],
                ['Event', html`<span class="mono"><${Text} value=${shown.event_id} /></span>`],
                ['Delivery', html`<span class="mono"><${Text} value=${shown.id} /></span>`],
                shown.batch_id && ['Batch', html`<span class="mono"><${Text} value=${shown.batch_id} /></span>`],
              ]} />
            </section>
            <${Payload} payload=${shown.payload} />
          </div>
        </div>`}<//>
      ${isCanceling && html`
        <${ActionDialog} title="Cancel this delivery?" action="Cancel the delivery" kind="danger" run=${cancel} onClose=${() => setCanceling(false)}>
          <p>It is not attempted again. This cannot be undone.</p>
        <//>`}
    <//>`;
}
