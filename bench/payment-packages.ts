/**
 * Packages of payment vendors, of vendors whose keys look like Stripe's, and of integrations with Stripe: the real text in
 * which a false alarm is likeliest.
 */
export const NPM: readonly string[] = `
@adyen/adyen-web @adyen/api-library @better-auth/stripe @clerk/backend @clerk/clerk-js @dodopayments/better-auth @knocklabs/node @lemonsqueezy/lemonsqueezy.js
@liveblocks/node @medusajs/payment-stripe @mollie/api-client @paddle/paddle-js @paddle/paddle-node-sdk @payloadcms/plugin-stripe
@paypal/checkout-server-sdk @paypal/paypal-server-sdk @polar-sh/sdk @shopify/shopify-api @stripe/agent-toolkit @stripe/connect-js @stripe/mcp
@stripe/react-stripe-js @stripe/stripe-js @stripe/terminal-js @stripe/ui-extension-sdk @vendure/payments-plugin @vue-stripe/vue-stripe authorizenet braintree
braintree-web cashfree-pg chargebee checkout-sdk-node conekta culqi-node cybersource-rest-client dodopayments dwolla-v2 flutterwave-node-v3
gocardless-nodejs iyzipay medusa-payment-stripe mercadopago midtrans-client moyasar ngx-stripe omise openpay pagarme payjp paymongo paystack paystack-node
plaid razorpay react-stripe-checkout recurly replicate resend saleor-app-sdk square stripe svix tipsi-stripe use-stripe-subscription xendit-node
`
  .trim()
  .split(/\s+/);

export const PYPI: readonly string[] = `
Adyen aiostripe authorizenet braintree cashfree-pg chargebee checkout-sdk clerk-backend-api conekta dj-stripe django-payments dodopayments dwollav2
gocardless-pro iyzipay knockapi mercadopago midtransclient mollie-api-python omise paddle-python-sdk pagarme-python payjp paypalrestsdk paystackapi
pinax-stripe plaid-python polar-sdk rave-python razorpay recurly replicate resend squareup stripe stripe-agent-toolkit svix xendit-python
`
  .trim()
  .split(/\s+/);
