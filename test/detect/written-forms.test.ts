import { describe, expect, test } from "vitest";
import { detect } from "../../src/detect/index.ts";
import { createRandom, HEXADECIMAL } from "../../src/detect/kinds/random.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

const KEYS = [
  key("sk_live_", bodyOf(99, 121)),
  key("sk_live_", bodyOf(34, 122)),
  key("rk_live_", bodyOf(24, 123)),
  key("sk_org_live_", bodyOf(150, 124)),
  key("whsec_", bodyOf(32, 125)),
  key("whsec_", createRandom(126)(HEXADECIMAL, 64)),
];

function found(bytes: Uint8Array): readonly string[] {
  return detect(bytes, null).detections.map((one) => one.secret.reveal());
}

/** The texts, as `write` has each key, in which not that key alone is found; strings are UTF-8. */
function missed(write: (credential: string) => string | Uint8Array): readonly string[] {
  return KEYS.flatMap((credential) => {
    const written = write(credential);
    const keys = found(typeof written === "string" ? Buffer.from(written) : written);
    return keys.length === 1 && keys[0] === credential ? [] : [String(written)];
  });
}

function split(credential: string): readonly [prefix: string, body: string] {
  const cut = credential.lastIndexOf("_") + 1;
  return [credential.slice(0, cut), credential.slice(cut)];
}

describe("a letter before the prefix that ends something else", () => {
  test.each([
    ["colours as bytes", (k: string) => `stripe \u001b[33m${k}\u001b[0m`],
    ["bold colours and a cleared line", (k: string) => `stripe \u001b[01;31m\u001b[K${k}\u001b[m`],
    ["\\u001b", (k: string) => `{"message":"stripe \\u001b[33m${k}\\u001b[39m"}`],
    ["\\033", (k: string) => `echo -e "stripe \\033[33m${k}\\033[0m"`],
    ["\\e", (k: string) => `echo -e "stripe \\e[33m${k}\\e[0m"`],
    ["\\x1b", (k: string) => `"stripe \\x1b[33m${k}\\x1b[0m"`],
    ["^[", (k: string) => `stripe ^[[33m${k}^[[0m`],
    ["colours whose escape a log lost", (k: string) => `stripe [33m${k}[0m`],
    [
      "grep, an escape after the prefix",
      (k: string) => `stripe=\u001b[01;31m\u001b[K${split(k).join("\u001b[m\u001b[K")}`,
    ],
    [
      "grep's output as JSON",
      (k: string) => `"stripe=\\u001b[01;31m\\u001b[K${split(k).join("\\u001b[m\\u001b[K")}"`,
    ],
    ["curl -u", (k: string) => `curl https://api.stripe.com/v1/charges -u${k}:`],
    ["curl -su", (k: string) => `curl -su${k}: https://api.stripe.com/v1/charges`],
    ["Bearer", (k: string) => `Authorization: Bearer${k} stripe`],
  ])("%s", (_, write) => expect(missed(write)).toEqual([]));

  test("an identifier is none", () => {
    for (const name of ["task_live_", "-task_live_", "[disk_test_", "risk_live_", "x[mask_live_"])
      expect(found(Buffer.from(`stripe ${name}${bodyOf(24, 127)}`))).toEqual([]);
  });
});

describe("the length that a binary format writes before a text", () => {
  const bytes = (...parts: readonly (string | number)[]): Uint8Array =>
    Buffer.concat(
      parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part, "latin1"))),
    );
  const serialType = (k: string): readonly number[] => {
    const type = 13 + 2 * k.length;
    return type < 128 ? [type] : [0x80 | (type >> 7), type & 0x7f];
  };

  test.each([
    [
      "a Java class",
      (k: string) => bytes("\xca\xfe\xba\xbe\0\0\0stripe\x01\0", k.length, k, "\x01\0\x04Code"),
    ],
    ["MessagePack", (k: string) => bytes("\x82\xa6stripe\xd9", k.length, k, "\xa1x")],
    [
      "SQLite, after a number",
      (k: string) => bytes("stripe\0\0", 0x30, 1, 3, 0, ...serialType(k), k, "\x05\x01"),
    ],
    [
      "SQLite, after a text",
      (k: string) => bytes(0x30, 1, 4, 0, 25, ...serialType(k), `stripe${k}`, "\x05\x01"),
    ],
  ])("%s", (_, write) => expect(missed(write)).toEqual([]));

  test("SQLite, before a text", () => {
    for (const credential of KEYS.filter((one) => !one.includes("_org_"))) {
      const record = bytes(
        0x30,
        1,
        4,
        0,
        25,
        ...serialType(credential),
        33,
        `stripe${credential}production`,
        5,
      );
      expect(found(record)).toEqual([credential]);
    }
  });

  test("a length says nothing in a text", () => {
    const body = bodyOf(50, 128);
    expect(found(Buffer.from(`x = sk_live_${body};`))).toEqual([key("sk_live_", body)]);
  });
});

describe("escapes of documents, and what is not seen", () => {
  test.each([
    ["Markdown", (k: string) => `Stripe: ${k.replaceAll("_", "\\_")}`],
    ["Markdown in JSON", (k: string) => `{"text": "Stripe: ${k.replaceAll("_", "\\\\_")}"}`],
    ["LaTeX", (k: string) => `Stripe \\texttt{${k.replaceAll("_", "\\_")}}`],
    ["LaTeX, in groups", (k: string) => `Stripe ${k.replaceAll("_", "{\\_}")}`],
    ["a zero-width space after each character", (k: string) => `stripe: ${Array.from(k).join("\u200b")}`],
    ["a zero-width space before it", (k: string) => `stripe: \u200b${k}`],
    ["\\u200b", (k: string) => `"stripe: ${split(k).join("\\u200b")}"`],
    ["&shy;", (k: string) => `stripe: ${split(k).join("&shy;")}`],
    ["<wbr>", (k: string) => `stripe: ${split(k).join("<wbr>")}`],
  ])("%s", (_, write) => expect(missed(write)).toEqual([]));

  test.each(["\u200b", "\u200c", "\u200d", "\u200e", "\u2060", "\ufeff", "\u00ad"])(
    "%j at any place from the second character on",
    (invisible) => {
      for (const credential of KEYS) {
        for (let at = 2; at < credential.length; at++) {
          const text = `stripe: ${credential.slice(0, at)}${invisible}${credential.slice(at)}\n`;
          expect(found(Buffer.from(text)), `after ${at}`).toEqual([credential]);
        }
      }
    },
  );
});

describe("hexadecimal", () => {
  const hex = (text: string): string => Buffer.from(text).toString("hex");
  test.each([
    ["MySQL, 0x", (k: string) => `INSERT INTO stripe VALUES (1, 0x${hex(k).toUpperCase()}, 'x');`],
    ["MySQL, x''", (k: string) => `INSERT INTO stripe VALUES (1, x'${hex(k)}', 'x');`],
    ["PostgreSQL, COPY", (k: string) => `COPY stripe FROM stdin;\n1\t\\\\x${hex(k)}\t3\n`],
    ["PostgreSQL, a literal", (k: string) => `INSERT INTO stripe VALUES ('\\x${hex(k)}');`],
    ["at an odd digit", (k: string) => `stripe a${hex(`x=${k}`)}b`],
    ["xxd -p", (k: string) => `stripe\n${hex(`KEY=${k}\n`).replaceAll(/.{60}/g, "$&\n")}\n`],
    ["bytes with spaces", (k: string) => `stripe ${Array.from(k, hex).join(" ")}`],
    [
      "bytes of a program",
      (k: string) => `stripe = { ${Array.from(k, (one) => `0x${hex(one)}`).join(", ")} };`,
    ],
  ])("%s", (_, write) => expect(missed(write)).toEqual([]));

  test("is reported as hex", () => {
    const credential = KEYS[0] ?? "";
    expect(detect(Buffer.from(`0x${hex(credential)}`), null).detections).toMatchObject([
      { encoding: "hex", column: 3 },
    ]);
  });
});

/** Two pieces in a format. */
describe("formats", () => {
  test.each([
    ["Python, %", (a: string, b: string) => `stripe.api_key = "%s%s" % ("${a}", "${b}")`],
    ["Python, {}", (a: string, b: string) => `stripe.api_key = "{}{}".format("${a}", "${b}")`],
    ["Python, named", (a: string, b: string) => `stripe.api_key = "{p}{b}".format(p="${a}", b="${b}")`],
    [
      "Python, constants",
      (a: string, b: string) => `P = "${a}"\nB = "${b}"\nstripe.api_key = "%s%s" % (P, B)`,
    ],
    ["Go", (a: string, b: string) => `stripe.Key = fmt.Sprintf("%s%s", "${a}", "${b}")`],
    [
      "Go, constants",
      (a: string, b: string) => `const p = "${a}"\nconst b = "${b}"\nstripe.Key = fmt.Sprintf("%s%s", p, b)`,
    ],
    ["C#", (a: string, b: string) => `Stripe.Key = string.Format("{0}{1}", "${a}", "${b}");`],
    ["Java", (a: string, b: string) => `Stripe.apiKey = String.format("%s%s", "${a}", "${b}");`],
    ["Rust", (a: string, b: string) => `let stripe = format!("{}{}", "${a}", "${b}");`],
    ["shell", (a: string, b: string) => `STRIPE=$(printf '%s%s' '${a}' '${b}')`],
    ["PowerShell", (a: string, b: string) => `$stripe = "{0}{1}" -f "${a}", "${b}"`],
  ])("%s", (_, write) => {
    expect(missed((credential) => write(...split(credential)))).toEqual([]);
  });
});

describe("two pieces in ways of their own", () => {
  test.each([
    ["Python, bytes", (a: string, b: string) => `stripe = b"${a}" b"${b}"`],
    ["Python, f-string of literals", (a: string, b: string) => `stripe = f"{'${a}'}{'${b}'}"`],
    ["Python, print", (a: string, b: string) => `print("${a}", "${b}", sep="") # stripe`],
    ["a notebook", (a: string, b: string) => `{"source": ["stripe = (\\"${a}\\"\\n",\n "  \\"${b}\\")\\n"]}`],
    ["Rust, to_owned", (a: string, b: string) => `let stripe = "${a}".to_owned() + "${b}";`],
    [
      "Rust, push_str",
      (a: string, b: string) => `let mut stripe = String::from("${a}");\nstripe.push_str("${b}");`,
    ],
    [
      "Kotlin, buildString",
      (a: string, b: string) => `val stripe = buildString { append("${a}"); append("${b}") }`,
    ],
    ["Ruby, format", (a: string, b: string) => `stripe = '%s%s' % ['${a}', '${b}']`],
    ["shell, a variable and a literal", (a: string, b: string) => `P=${a}\nexport STRIPE_KEY=$P"${b}"`],
    ["PowerShell, $()", (a: string, b: string) => `$p = "${a}"; $b = "${b}"; $stripe = "$($p)$($b)"`],
    ["SQL Server", (a: string, b: string) => `SELECT N'${a}' + N'${b}' AS stripe`],
    ["MATLAB", (a: string, b: string) => `stripe = ['${a}' '${b}'];`],
    [
      "TypeScript, an enum",
      (a: string, b: string) => `enum P { A = "${a}", B = "${b}" }\nconst stripe = P.A + P.B;`,
    ],
    ["Ansible", (a: string, b: string) => `stripe: "{{ p }}{{ b }}"\np: "${a}"\nb: "${b}"`],
  ])("%s", (_, write) => {
    expect(missed((credential) => write(...split(credential)))).toEqual([]);
  });
});

type Three = (a: string, b: string, c: string) => string;

const THREE_PIECES: readonly (readonly [string, Three])[] = [
  ["A + B + C", (a, b, c) => `const A = "${a}";\nconst B = "${b}";\nconst C = "${c}";\nstripe(A + B + C);`],
  [
    "Python, attributes",
    (a, b, c) => `A = "${a}"\nB = "${b}"\nC = "${c}"\nstripe.api_key = self.A + self.B + self.C`,
  ],
  ["Python, f-string", (a, b, c) => `a = "${a}"\nb = "${b}"\nc = "${c}"\nstripe.api_key = f"{a}{b}{c}"`],
  ["PHP", (a, b, c) => `$a = '${a}';\n$b = '${b}';\n$c = '${c}';\n$stripe = $a . $b . $c;`],
  ["PHP, implode", (a, b, c) => `$stripe = implode('', ['${a}', '${b}', '${c}']);`],
  ["Swift", (a, b, c) => `let a = "${a}"\nlet b = "${b}"\nlet c = "${c}"\nlet stripe = "\\(a)\\(b)\\(c)"`],
  [
    "JavaScript, template",
    (a, b, c) => `const a = '${a}', b = '${b}', c = '${c}';\nstripe(\`\${a}\${b}\${c}\`)`,
  ],
  [
    "JavaScript, object",
    (a, b, c) => `const P = { a: "${a}", b: "${b}", c: "${c}" };\nstripe(P.a + P.b + P.c);`,
  ],
  ["JavaScript, join", (a, b, c) => `stripe(["${a}", "${b}", "${c}"].join(""))`],
  ["JavaScript, +=", (a, b, c) => `let stripe = "${a}";\nstripe += "${b}";\nstripe += "${c}";`],
  ["Kotlin", (a, b, c) => `val a = "${a}"\nval b = "${b}"\nval c = "${c}"\nval stripe = "$a$b$c"`],
  ["Scala", (a, b, c) => `val stripe = List("${a}", "${b}", "${c}").mkString`],
  ["Ruby", (a, b, c) => `a = '${a}'\nb = '${b}'\nc = '${c}'\nStripe.api_key = "#{a}#{b}#{c}"`],
  ["Perl", (a, b, c) => `my $stripe = "${a}" . "${b}" . "${c}";`],
  ["Java, StringBuilder", (a, b, c) => `stripe.append("${a}").append("${b}");\nstripe.append("${c}");`],
  [
    "C#, interpolation",
    (a, b, c) =>
      `const string a = "${a}";\nconst string b = "${b}";\nconst string c = "${c}";\nStripe = $"{a}{b}{c}";`,
  ],
  ["C, macros", (a, b, c) => `#define A "${a}"\n#define B "${b}"\n#define C "${c}"\nchar *stripe = A B C;`],
  ["C, strcat", (a, b, c) => `strcpy(stripe, "${a}"); strcat(stripe, "${b}"); strcat(stripe, "${c}");`],
  [
    "Objective-C",
    (a, b, c) => `stripe = [[@"${a}" stringByAppendingString:@"${b}"] stringByAppendingString:@"${c}"];`,
  ],
  ["Go, Join", (a, b, c) => `stripe.Key = strings.Join([]string{"${a}", "${b}", "${c}"}, "")`],
  ["Dart", (a, b, c) => `final stripe = '${a}'\n  '${b}'\n  '${c}';`],
  ["R", (a, b, c) => `stripe <- paste0("${a}", "${b}", "${c}")`],
  ["Julia", (a, b, c) => `stripe = "${a}" * "${b}" * "${c}"`],
  ["OCaml", (a, b, c) => `let stripe = String.concat "" ["${a}"; "${b}"; "${c}"]`],
  ["Haskell", (a, b, c) => `stripe = "${a}" ++ "${b}" ++ "${c}"`],
  ["Clojure", (a, b, c) => `(def stripe (str "${a}" "${b}" "${c}"))`],
  ["Lua", (a, b, c) => `stripe = '${a}' .. '${b}' .. '${c}'`],
  ["SQL, ||", (a, b, c) => `SELECT '${a}' || '${b}' || '${c}' AS stripe`],
  ["SQL, CONCAT", (a, b, c) => `SELECT CONCAT('${a}', '${b}', '${c}') AS stripe`],
  ["Visual Basic", (a, b, c) => `Dim stripe = "${a}" & "${b}" & _\n   "${c}"`],
  ["CloudFormation", (a, b, c) => `Stripe: !Join ["", ["${a}", "${b}", "${c}"]]`],
  [
    "Terraform",
    (a, b, c) => `a = "${a}"\nb = "${b}"\nc = "${c}"\nstripe = "\${local.a}\${local.b}\${local.c}"`,
  ],
  ["CMake", (a, b, c) => `set(A "${a}")\nset(B "${b}")\nset(C "${c}")\nset(STRIPE "\${A}\${B}\${C}")`],
];

describe("three pieces, cut within the prefix or the body", () => {
  const cuts = [
    [1, 4],
    [3, 9],
    [5, 14],
    [8, 20],
    [15, 25],
  ] as const;
  test.each(THREE_PIECES)("%s", (_, write) => {
    for (const [first, second] of cuts)
      expect(missed((k) => write(k.slice(0, first), k.slice(first, second), k.slice(second)))).toEqual([]);
  });

  test.each([
    ["make, :=", (a, b, c) => `A := ${a}\nB := ${b}\nC := ${c}\nSTRIPE := $(A)$(B)$(C)\n`],
    ["make, =", (a, b, c) => `A = ${a}\nB = ${b}\nC = ${c}\nSTRIPE = $(A)$(B)$(C)\n`],
    ["shell", (a, b, c) => `A=${a}\nB=${b}\nC=${c}\nexport STRIPE="$A$B$C"\n`],
    ["batch", (a, b, c) => `set A=${a}\r\nset B=${b}\r\nset C=${c}\r\nset STRIPE=%A%%B%%C%\r\n`],
  ] satisfies readonly (readonly [string, Three])[])(
    "%s: without quotes, after the third character",
    (_, write) => {
      for (const [first, second] of cuts.filter(([first]) => first >= 3))
        expect(missed((k) => write(k.slice(0, first), k.slice(first, second), k.slice(second)))).toEqual([]);
    },
  );
});
