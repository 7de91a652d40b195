/** Something is wrong with the database or its folder; the message says what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: "data_folder_in_use" | "data_folder_unusable" | "newer_schema" | "not_found";
  readonly retryable = false;

  constructor(code: StoreError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
