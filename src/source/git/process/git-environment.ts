/**
 * The whole environment of a call to git: no configuration of machine, user or repository, no prompt, no hook. A token
 * travels in it as a setting, never in arguments and never on disk.
 */

/** Variables of this process that git may see: how to reach the network, and nothing about a person. */
const INHERITED = [
  "PATH",
  "HTTPS_PROXY",
  "https_proxy",
  "HTTP_PROXY",
  "http_proxy",
  "ALL_PROXY",
  "all_proxy",
  "NO_PROXY",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
] as const;

/** Settings of every call. The manual page git-config documents each. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.attributesFile", "/dev/null"],
  ["core.excludesFile", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.logAllRefUpdates", "false"],
  // Blobs above this are written while they arrive instead of being held in memory.
  ["core.bigFileThreshold", "32m"],
  ["core.deltaBaseCacheLimit", "32m"],
  ["core.packedGitLimit", "256m"],
  ["pack.threads", "2"],
  ["credential.helper", ""],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["fetch.unpackLimit", "1"],
  ["transfer.unpackLimit", "1"],
  ["fetch.writeCommitGraph", "false"],
  ["fetch.recurseSubmodules", "no"],
  ["submodule.recurse", "false"],
  ["transfer.bundleURI", "false"],
  // Old histories hold objects that fsck refuses; nothing is ever checked out, so a strange tree does no harm.
  ["transfer.fsckObjects", "false"],
  ["protocol.version", "2"],
  // Less than one byte a second for 30 seconds. The watch on a call's output sees a remote that never connects.
  ["http.lowSpeedLimit", "1"],
  ["http.lowSpeedTime", "30"],
  // Git sends extra headers, and so the token, to whatever host a redirect names (seen with 2.39).
  ["http.followRedirects", "false"],
  ["safe.directory", "*"],
  ["color.ui", "false"],
  ["core.quotePath", "true"],
  ["diff.renames", "false"],
];

export interface GitEnvironmentOptions {
  /** The environment of this process, of which a few variables are handed on. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  readonly gitDirectory: string;
  /** Where objects are, when not in `gitDirectory`. */
  readonly objects?: string;
  /** Objects that are read as well, never written. */
  readonly alternates?: string;
  /** Protocols that git may speak; none for every command that only reads. */
  readonly protocols?: readonly string[];
  /** Further settings; a token belongs here, never in arguments. */
  readonly settings?: readonly (readonly [string, string])[];
}

/** The whole environment of a call to git: no configuration of machine, user or repository, no prompt, no hook. */
export function gitEnvironment(options: GitEnvironmentOptions): Record<string, string> {
  const environment: Record<string, string> = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: options.gitDirectory,
    LC_ALL: "C",
    TZ: "UTC",
    GIT_DIR: options.gitDirectory,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "false",
    SSH_ASKPASS: "false",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    // Known to git 2.45 and newer; below, `mirror.ts` says what keeps reading from fetching.
    GIT_NO_LAZY_FETCH: "1",
    GIT_PROTOCOL_FROM_USER: "0",
    GIT_ALLOW_PROTOCOL: options.protocols?.join(":") ?? "none",
  };
  for (const name of INHERITED) {
    const value = options.inherited[name];
    if (value !== undefined) environment[name] = value;
  }
  if (options.objects !== undefined) environment["GIT_OBJECT_DIRECTORY"] = options.objects;
  if (options.alternates !== undefined)
    environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = JSON.stringify(options.alternates);

  const settings = [...SETTINGS, ...(options.settings ?? [])];
  environment["GIT_CONFIG_COUNT"] = String(settings.length);
  for (const [index, [key, value]] of settings.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return environment;
}
