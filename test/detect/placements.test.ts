import { describe, expect, test } from "vitest";
import { detect } from "../../src/detect/index.ts";
import { BASE64, bodyOf, createRandom, HEX, key, LOWER } from "../../fixtures/keys.ts";
import { IN_FILES } from "../support/placements/files.ts";
import { JOINED_IN_SOURCE_CODE } from "../support/placements/joined.ts";
import { NO_KEYS } from "../support/placements/no-keys.ts";
import { IN_SOURCE_CODE } from "../support/placements/source-code.ts";

const CUT_KEYS = [
  key("sk_live_", bodyOf(99, 701)),
  key("sk_live_", bodyOf(34, 702)),
  key("sk_live_", bodyOf(24, 703)),
  key("rk_live_", bodyOf(99, 704)),
  key("rk_test_", bodyOf(24, 705)),
  key("whsec_", bodyOf(32, 706)),
];
const KEYS = [
  ...CUT_KEYS,
  key("whsec_", createRandom(707).text(64, HEX)),
  key("sk_org_live_", bodyOf(150, 708)),
  key("sk_org_live_", bodyOf(60, 709)),
];

/** The account that a key of today's shape names: the 16 characters after the 5. */
function accountIn(credential: string): string | null {
  const body = credential.slice(credential.lastIndexOf("_") + 1);
  return body.length === 99 ? `acct_${body.slice(1, 17)}` : null;
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** What is found, without what depends on the words around it. */
function foundIn(text: string): readonly unknown[] {
  return detect(Buffer.from(text), null).detections.map((one) => ({
    secret: one.secret.reveal(),
    account: one.account,
    start: { line: one.line, column: one.column },
    end: { line: one.endLine, column: one.endColumn },
  }));
}

describe.each([
  ["source code", IN_SOURCE_CODE],
  ["files", IN_FILES],
])("a credential in one piece is found once, whole and in its place: %s", (_, placements) => {
  test.each(Object.entries(placements))("%s", (_, placement) => {
    for (const credential of KEYS) {
      const text = placement.replace("§", () => credential);
      const at = text.indexOf(credential);
      expect([text, foundIn(text)]).toEqual([
        text,
        [
          {
            secret: credential,
            account: accountIn(credential),
            start: positionOf(text, at),
            end: positionOf(text, at + credential.length),
          },
        ],
      ]);
    }
  });
});

describe("a credential in two pieces is found once and whole", () => {
  const cuts = (credential: string): readonly number[] => {
    const body = credential.lastIndexOf("_") + 1;
    return [credential.indexOf("_") + 1, body, body + 10, credential.length - 6];
  };

  test.each(Object.entries(JOINED_IN_SOURCE_CODE))("%s", (_, placement) => {
    for (const credential of CUT_KEYS) {
      for (const cut of cuts(credential)) {
        const text = placement
          .replace("§", () => credential.slice(0, cut))
          .replace("¶", () => credential.slice(cut));
        expect([text, foundIn(text)]).toEqual([
          text,
          [expect.objectContaining({ secret: credential, account: accountIn(credential) })],
        ]);
      }
    }
  });

  test.each(Object.entries(JOINED_IN_SOURCE_CODE))(
    "an organization key, cut after its prefix: %s",
    (_, placement) => {
      const credential = key("sk_org_live_", bodyOf(150, 710));
      const [prefix, body] = ["sk_org_live_", credential.slice("sk_org_live_".length)];
      const text = placement.replace("§", () => prefix).replace("¶", () => body);
      expect([text, foundIn(text)]).toEqual([text, [expect.objectContaining({ secret: credential })]]);
    },
  );
});

describe("what is no key of Stripe's is never above low", () => {
  const alphabets: Readonly<Record<string, string>> = { x: HEX, a: LOWER, b: BASE64 };

  test.each(Object.entries(NO_KEYS))("%s", (_, placement) => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = createRandom(seed);
      const text = placement.replaceAll(/§(\d+)([xab]?)/g, (_, length, alphabet) =>
        random.text(Number(length), alphabets[String(alphabet)]),
      );
      const above = detect(Buffer.from(text), null).detections.filter(
        ({ confidence }) => confidence !== "low",
      );
      expect([text, above]).toEqual([text, []]);
    }
  });
});
