import { Signature } from '@hubspot/api-client';

export const sdk = '@hubspot/api-client';
export const scheme = 'hubspot-v3';
export const secret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
export function event(name) {
    const eventId = 100 + name.length; // ids are numbers here
    return { id: String(eventId), type: 'contact.creation', body: JSON.stringify([{ eventId, subscriptionType: 'contact.creation', objectId: 1999, propertyValue: 'Zoë' }]) };
}
export function sign({ method, url, body, secret }) {
    const timestamp = Date.now();
    const signature = Signature.getSignature(method, 'v3', { clientSecret: secret, url, requestBody: body, timestamp });
    return { 'X-HubSpot-Signature-v3': signature, 'X-HubSpot-Request-Timestamp': String(timestamp) };
}
export const verify = ({ method, url, body, headers, secret }) =>
    Signature.isValid({
        signatureVersion: 'v3', method, url, requestBody: body, clientSecret: secret,
        signature: headers['x-hubspot-signature-v3'], timestamp: Number(headers['x-hubspot-request-timestamp']),
    });
