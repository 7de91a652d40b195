import { apiKey } from "../../fixtures/keys.ts";
import type { Random } from "../../fixtures/keys.ts";

/** A file that holds one key. */
export interface Leak {
  readonly key: string;
  readonly content: string | Uint8Array;
}

/** One way in which a key leaks. */
export interface Form {
  readonly group: string;
  readonly name: string;
  /** File name, without folder. */
  readonly file: string;
  readonly write: (random: Random) => Leak;
}

/** The group in which only a report of the whole key counts: a piece of a key cannot be rolled. */
export const JOINED = "Joined in code";

/** Cuts the key in two or three pieces, anywhere. */
function pieces(key: string, random: Random): string[] {
  const first = 1 + random.below(key.length - 2);
  if (random.below(2) === 0) return [key.slice(0, first), key.slice(first)];
  const second = first + 1 + random.below(key.length - first - 1);
  return [key.slice(0, first), key.slice(first, second), key.slice(second)].filter((piece) => piece !== "");
}

/** A key that `write` puts into a file as one piece. */
export function form(
  group: string,
  name: string,
  file: string,
  write: (key: string) => string | Uint8Array,
  makeKey: (random: Random) => string = apiKey,
): Form {
  return {
    group,
    name,
    file,
    write: (random) => {
      const key = makeKey(random);
      return { key, content: write(key) };
    },
  };
}

/** A key cut into pieces that code joins. */
export function joined(name: string, file: string, write: (pieces: readonly string[]) => string): Form {
  return {
    group: JOINED,
    name,
    file,
    write: (random) => {
      const key = apiKey(random);
      return { key, content: write(pieces(key, random)) };
    },
  };
}
