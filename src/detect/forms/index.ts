import { BASE64 } from "./base64.ts";
import { ESCAPES } from "./escapes.ts";
import type { Form } from "./form.ts";
import { HEX } from "./hex.ts";
import { JOINED } from "./joined.ts";
import { PLAIN } from "./plain.ts";
import { UTF16 } from "./utf16.ts";

/** Every form that is read. */
export const FORMS: readonly Form[] = [PLAIN, ESCAPES, UTF16, BASE64, HEX, JOINED];
