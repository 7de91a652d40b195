/** Between a container and a file inside of it: `outer.zip!inner/file`. */
const SEPARATOR = "!";

/** Path of a file inside a container, by the container's path and the name that the container gives it. */
export function entryPath(container: string, name: string): string {
  return container + SEPARATOR + name;
}

/** Whether the path is of a file inside an Android or iOS app: whoever has the app has what is in it. */
export function isInMobileApp(path: string): boolean {
  return /\.(?:apk|apks|xapk|aab|aar|ipa)!/i.test(path);
}
