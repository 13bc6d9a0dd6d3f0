import adyen from '@adyen/api-library';

const validator = new adyen.hmacValidator();

export const sdk = '@adyen/api-library';
export const scheme = 'adyen-platform';
export const secret = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
export const event = (id) => ({ id, type: 'balancePlatform.transfer.created', body: JSON.stringify({ data: { id, amount: { value: 1999, currency: 'EUR' } }, type: 'balancePlatform.transfer.created' }) });
export const sign = ({ body, secret }) => ({ HmacSignature: validator.calculateHmac(body, secret) });
// The names of its first two parameters are the wrong way round in this version.
export const verify = ({ body, headers, secret }) => validator.validateBankingHMAC(headers.hmacsignature, secret, body);
