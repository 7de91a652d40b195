/** A body from public documentation or tests: not a leak, whatever the prefix before it. */
export interface Sample {
  readonly body: string;
  readonly seen: string;
}

/** `sk_live_` before a test sample is a common fake, so the body alone is compared, and the whole of it. */
export const SAMPLES: readonly Sample[] = [
  { body: "4eC39HqLyjWDarjtT1zdp7dc", seen: "Stripe's API authentication page" },
  { body: "BQokikJOvBiI2HlWgH4olfQ2", seen: "Stripe's older authentication page and SDK tests" },
  { body: "Gx4mWEgHtCMr4DYMUIqfIrsz", seen: "Stripe's documentation snippets" },
  { body: "7mJuPfZsBzc3JkrANrFrcDqC", seen: "Stripe's documentation snippets" },
  { body: "tR3PYbcVNZZ796tH88S4VQ2u", seen: "Stripe's documentation snippets" },
  { body: "VePHdqKTYQjKNInc7u56JBrQ", seen: "Stripe's documentation snippets" },
  { body: "09l3shTSTKHYCzzZZsiLl2vA", seen: "Stripe's documentation snippets" },
  { body: "26PHem9AhJZvU623DfE1x4sd", seen: "samples in many projects; Stripe's origin likely, unproven" },
  { body: "mkGsLqEW6SLnZa487HYfJVLf", seen: "samples in many projects; Stripe's origin likely, unproven" },
  { body: "FEiILxKZwnmmocJDUjUNO6pa", seen: "a Stripe SDK test" },
  { body: "tGN0bIwXnHdwOa85VABjPdSn8nWY7G7I", seen: "Stripe SDK tests, without a prefix" },
  { body: "TYooMQauvdEDq54NiTphI7jx", seen: "a publishable sample of Stripe's" },
  { body: "6pRNASCoBOKtIshFeQd4XMUh", seen: "a publishable sample of Stripe's" },
  { body: "vOo1umqsYxSrP5UXfOeL3ecm", seen: "a publishable sample of Stripe's" },
  { body: "GvF3BSyx8RSXMK5yAFhqEd3H", seen: "a publishable sample of Stripe's" },
  { body: "wRNftLajMZNeslQOP6vEPm4iVx5NlZ6z", seen: "the webhook endpoint object in Stripe's API reference" },
  { body: "wfryJuBmDGBbWWHmwF3Btov", seen: "Stripe's OpenAPI specification, a connection token of Terminal" },
  { body: "iPPfmBn7kZ0gIJ4xpehqTnC", seen: "Stripe's OpenAPI specification, a connection token of Terminal" },
  { body: "KOWobxXidxNlIx", seen: "tests of stripe-python" },
  { body: "axwITqZSgTUXSN", seen: "tests of stripe-python" },
  { body: "XKokBfNWv6FIYuTMg5sLPjhJ", seen: "Tap's documentation, in every example of it" },
];

const SAMPLE_BY_BODY: ReadonlyMap<string, Sample> = new Map(SAMPLES.map((sample) => [sample.body, sample]));

export function sampleOf(body: string): Sample | null {
  return SAMPLE_BY_BODY.get(body) ?? null;
}
