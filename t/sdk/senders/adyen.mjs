import adyen from '@adyen/api-library';

const validator = new adyen.hmacValidator();
const items = (body) => JSON.parse(body).notificationItems.map((one) => one.NotificationRequestItem);

export const sdk = '@adyen/api-library';
export const scheme = 'adyen';
export const secret = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
export const ctl = false;
export const item = (pspReference) => ({
    NotificationRequestItem: {
        pspReference, merchantAccountCode: 'TestMerchant', merchantReference: 'TestPayment-1407325143704', eventCode: 'AUTHORISATION',
        amount: { value: 1999, currency: 'EUR' }, success: 'true', additionalData: {},
    },
});
export const event = (id) => ({ id: `${id}:AUTHORISATION`, type: 'AUTHORISATION', body: JSON.stringify({ live: 'false', notificationItems: [item(id)] }) });
export function sign({ body, secret }) {
    const document = JSON.parse(body);
    for (const { NotificationRequestItem: one } of document.notificationItems) one.additionalData.hmacSignature = validator.calculateHmac(one, secret);
    return { headers: {}, body: JSON.stringify(document) };
}
export const verify = ({ body, secret }) => items(body).every((one) => validator.validateHMAC(one, secret));
