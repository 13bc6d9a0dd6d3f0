import { Resend } from 'resend';

const { webhooks } = new Resend('re_none');

export const sdk = 'resend';
export const scheme = 'resend';
export const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0';
export const event = (id) => ({ id, type: 'email.delivered', body: JSON.stringify({ type: 'email.delivered', data: { email_id: '1999', subject: 'Grüße' } }) });
export const verify = ({ body, headers, secret }) =>
    webhooks.verify({
        payload: body,
        headers: { id: headers['svix-id'], timestamp: headers['svix-timestamp'], signature: headers['svix-signature'] },
        webhookSecret: secret,
    });
