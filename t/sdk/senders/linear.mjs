import { LinearWebhookClient } from '@linear/sdk/webhooks';

export const sdk = '@linear/sdk';
export const scheme = 'linear';
export const secret = 'lin_wh_0123456789abcdef';
export const event = (id) => ({
    id,
    type: 'Issue',
    headers: { 'Linear-Delivery': id, 'Linear-Event': 'Issue' },
    body: JSON.stringify({ action: 'create', type: 'Issue', data: { number: 1999, title: 'Zoë' }, webhookTimestamp: Date.now() }),
});
export const verify = ({ body, headers, secret }) => new LinearWebhookClient(secret).verify(Buffer.from(body), headers['linear-signature']);
