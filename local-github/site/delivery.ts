import type { JsonObject } from "../json.ts";

/** The app's webhook URL and secret. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
  /** Default: `json`. With `form` the JSON is the field `payload` of a form. */
  readonly contentType?: "json" | "form";
}

/** One attempt to deliver one event. A redelivery is another entry with the same `guid`. */
export interface Delivery {
  readonly id: number;
  /** `X-GitHub-Delivery`. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly deliveredAt: string;
  readonly redelivery: boolean;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly payload: JsonObject;
  /** The bytes that were signed and sent. */
  readonly body: string;
  /** The app's answer; 0 while pending and when no answer came. */
  statusCode: number;
  /** `pending`, `OK`, or what went wrong in GitHub's words. */
  status: string;
  /** Seconds until the answer. */
  duration: number;
  readonly requestHeaders: Readonly<Record<string, string>>;
  responseHeaders: Readonly<Record<string, string>>;
  response: string;
}
