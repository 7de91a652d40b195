/** Between a container and a file inside of it: `outer.zip!inner/file`. */
const SEPARATOR = "!";

/** Path of a file inside a container, by the container's path and the name that the container gives it. */
export function entryPath(container: string, name: string): string {
  return container + SEPARATOR + name;
}

/** Names of archives and compressed files. */
const CONTAINER_NAME =
  /\.(?:zip|jar|war|ear|aar|apk|apks|xapk|aab|ipa|docx|xlsx|pptx|odt|ods|whl|egg|nupkg|vsix|xpi|tar|gz|gzip|tgz|zst|zstd|tzst|br|bz2|bzip2|tbz2?|xz|txz)$/i;

/** Whether archives or compressed files have such a name. */
export function hasContainerName(name: string): boolean {
  return CONTAINER_NAME.test(name);
}

/** The file of the repository that a path belongs to: the archive if it is inside one, otherwise the path itself. */
export function outerPath(path: string): string {
  for (let at = path.indexOf(SEPARATOR); at !== -1; at = path.indexOf(SEPARATOR, at + 1))
    if (hasContainerName(path.slice(0, at))) return path.slice(0, at);

  return path;
}

/** Whether the path is inside an Android or iOS app: anyone who has the app has its content. */
export function isInMobileApp(path: string): boolean {
  return /\.(?:apk|apks|xapk|aab|aar|ipa)!/i.test(path);
}
