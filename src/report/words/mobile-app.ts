import { isInMobileApp } from "../../domain/plain.ts";

/** One sentence if one of the files is packed in a mobile app; null otherwise. Plain text. */
export function mobileAppWarning(paths: readonly (string | null)[]): string | null {
  return paths.some((path) => path !== null && isInMobileApp(path))
    ? "It is packed in a mobile app: everyone who has the app can read it, so no build of an app may hold it."
    : null;
}
