import type { JsonObject } from "../json.ts";

/** Any answer that is not a success. Endpoints throw it; the server sends it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { readonly body?: JsonObject; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.body = {
      message,
      documentation_url: "https://docs.github.com/rest",
      status: String(status),
      ...more.body,
    };
    this.headers = more.headers ?? {};
  }
}

export function notFound(): Refusal {
  return new Refusal(404, "Not Found");
}

/** 422 in GitHub's words: `Validation Failed` and the field. */
export function invalid(message: string, field?: string): Refusal {
  return new Refusal(422, "Validation Failed", {
    body: {
      errors: [
        field === undefined
          ? { resource: "Request", code: "custom", message }
          : { resource: "Request", field, code: "invalid", message },
      ],
    },
  });
}
