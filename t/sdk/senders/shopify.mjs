import '@shopify/shopify-api/adapters/node';
import { shopifyApi, ApiVersion, LogSeverity } from '@shopify/shopify-api';

export const sdk = '@shopify/shopify-api';
export const scheme = 'shopify';
export const secret = 'hush_0123456789abcdef';
export const event = (id) => ({
    id,
    type: 'orders/create',
    headers: { 'X-Shopify-Webhook-Id': id, 'X-Shopify-Topic': 'orders/create', 'X-Shopify-Shop-Domain': 'shop.myshopify.com', 'X-Shopify-API-Version': '2024-01' },
    body: JSON.stringify({ id: 820982911946154500, total_price: '1999.00', customer: { first_name: 'Zoë' } }),
});
export async function verify({ body, headers, secret }) {
    const { webhooks } = shopifyApi({
        apiKey: 'key', apiSecretKey: secret, scopes: ['read_orders'], hostName: 'hooks.example.com', apiVersion: ApiVersion.January24, isEmbeddedApp: false, logger: { level: LogSeverity.Error },
    });
    const rawRequest = { method: 'POST', url: '/shopify', headers };
    return (await webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} })).valid;
}
