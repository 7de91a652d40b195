import picomatch from "picomatch";

/** Whether `--exclude` leaves a path out: as reported, and within the root that was walked. */
export type Excluded = (path: string, fromRoot: string) => boolean;

/** Tries a glob on the path as reported and on the path within its root; without a slash, on the name. */
export function exclusion(globs: readonly string[]): Excluded {
  const matches = globs.map((glob) =>
    picomatch(glob.endsWith("/") ? `${glob}**` : glob, { dot: true, basename: !glob.includes("/") }),
  );
  return (path, fromRoot) => matches.some((match) => match(path) || match(fromRoot));
}
