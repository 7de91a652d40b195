import type { FormExample } from "../form.ts";

/** A key of at least 24 characters of body in every language's way of joining strings. */
export const JOINED_EXAMPLES: readonly FormExample[] = [
  two("JavaScript, +", (a, b) => `const key = "${a}" + "${b}";`),
  two("JavaScript, over lines", (a, b) => `const key =\n  "${a}" +\n  '${b}';`),
  two("JavaScript, array", (a, b) => `const key = ["${a}", "${b}"].join("");`),
  two("JavaScript, concat", (a, b) => `const key = "${a}".concat("${b}");`),
  two("JavaScript, template", (a, b) => `const P = "${a}";\nconst key = \`\${P}${b}\`;`),
  two("JavaScript, body in a constant", (a, b) => `const BODY = "${b}";\nconst key = \`${a}\${BODY}\`;`),
  two("JavaScript, two constants", (a, b) => `const P = "${a}";\nconst B = "${b}";\nconst key = P + B;`),
  two("JavaScript, constant and literal", (a, b) => `const P = "${a}";\nconst key = P + "${b}";`),
  two("JavaScript, line continuation", (a, b) => `const key = "${a}\\\n${b}";`),
  two("JavaScript in JSON", (a, b) => `{"source": ["key = \\"${a}\\" + \\"${b}\\"\\n"]}`),
  two("Python, implicit", (a, b) => `key = ("${a}"\n       "${b}")`),
  two("Python, join", (a, b) => `key = "".join(["${a}", "${b}"])`),
  two("Python, f-string", (a, b) => `P = "${a}"\nkey = f"{P}${b}"`),
  two("Python, format", (a, b) => `key = "${a}{}".format("${b}")`),
  two("Python, %", (a, b) => `key = "${a}%s" % "${b}"`),
  two("Python, backslash", (a, b) => `key = "${a}" \\\n  "${b}"`),
  two("Python, +=", (a, b) => `key = "${a}"\nkey += "${b}"`),
  two("PHP, .", (a, b) => `$key = '${a}' . '${b}';`),
  two("PHP, .=", (a, b) => `$key = '${a}';\n$key .= '${b}';`),
  two("PHP, variable", (a, b) => `$p = '${a}';\n$key = "{$p}${b}";`),
  two("PHP, define", (a, b) => `define('P', '${a}');\n$key = P . '${b}';`),
  two("Ruby, adjacent", (a, b) => `key = "${a}" "${b}"`),
  two("Ruby, <<", (a, b) => `key = "${a}" << "${b}"`),
  two("Ruby, interpolation", (a, b) => `P = "${a}"\nkey = "#{P}${b}"`),
  two("Java, +", (a, b) => `String key = "${a}"\n    + "${b}";`),
  two("Java, StringBuilder", (a, b) => `sb.append("${a}").append("${b}");`),
  two("Java, constant", (a, b) => `static final String P = "${a}";\nString key = P + "${b}";`),
  two("Go, +", (a, b) => `key := "${a}" +\n\t"${b}"`),
  two("Go, constant", (a, b) => `const p = "${a}"\nvar key = p + "${b}"`),
  two("Go, Sprintf", (a, b) => `key := fmt.Sprintf("${a}%s", "${b}")`),
  two("C#, interpolation", (a, b) => `const string P = "${a}";\nvar key = $"{P}${b}";`),
  two("C, adjacent", (a, b) => `char *key = "${a}" /* live */ "${b}";`),
  two("C, define", (a, b) => `#define P "${a}"\nchar *key = P "${b}";`),
  two("shell, adjacent", (a, b) => `KEY='${a}'"${b}"`),
  two("shell, half quoted", (a, b) => `KEY=${a}"${b}"`),
  two("shell, variable", (a, b) => `P=${a}\nKEY="\${P}${b}"`),
  two("shell, line continuation", (a, b) => `KEY=${a}\\\n${b}`),
  two("Lua, ..", (a, b) => `local key = "${a}" .. "${b}"`),
];

/** @param write two pieces as the language joins them */
function two(name: string, write: (first: string, second: string) => string): FormExample {
  return {
    name,
    encoding: "joined",
    write(credential) {
      const cut = credential.lastIndexOf("_") + 1;
      return write(credential.slice(0, cut), credential.slice(cut));
    },
  };
}
