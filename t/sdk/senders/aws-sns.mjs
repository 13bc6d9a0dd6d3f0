import { sign as signature } from 'node:crypto';
import https from 'node:https';
import { Readable } from 'node:stream';
import MessageValidator from 'sns-validator';
import { certificate, privateKey } from '../keys.mjs';

// The package fetches the certificate: it gets ours.
https.get = (url, answer) => {
    answer(Object.assign(Readable.from([certificate('rsa')]), { statusCode: 200 }));
    return { on() {} };
};

const signed = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'TopicArn', 'Type'];

export const sdk = 'sns-validator';
export const scheme = 'aws-sns';
export const secret = certificate('rsa');
export const signing = true; // by the private key
export const ctl = false;
export const event = (id) => ({
    id,
    type: 'Notification',
    headers: { 'Content-Type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'Notification' },
    body: JSON.stringify({
        Type: 'Notification', MessageId: id, TopicArn: 'arn:aws:sns:us-east-1:123456789012:MyTopic', Subject: 'Zoë', Message: 'order 1999 paid',
        Timestamp: new Date().toISOString(), SignatureVersion: '2', SigningCertURL: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
    }),
});
export const signer = 'node'; // the package only verifies
export function sign({ body }) {
    const message = JSON.parse(body);
    const text = signed.filter((name) => name in message).map((name) => `${name}\n${message[name]}\n`).join('');
    return { headers: {}, body: JSON.stringify({ ...message, Signature: signature('sha256', Buffer.from(text), privateKey('rsa')).toString('base64') }) };
}
export const verify = ({ body }) =>
    new Promise((resolve, reject) => new MessageValidator().validate(body, (error) => (error ? reject(error) : resolve(true))));
