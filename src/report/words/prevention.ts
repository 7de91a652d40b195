import type { Kind } from "../../domain/index.ts";

/** How a file of one language reads a secret from outside itself. */
export interface Prevention {
  readonly language: string;
  /** Name of the highlighting of a fenced block. */
  readonly fence: string;
  readonly example: string;
  /** One sentence of Markdown that the example needs; null for none. */
  readonly note: string | null;
}

type Recipe = Omit<Prevention, "example"> & {
  /** Of the path's end. */
  readonly matches: RegExp;
  /** Of the path as well, where the name alone does not tell. */
  readonly within?: RegExp;
  readonly example: (variable: string) => string;
  /** For what is no key of the API, where the example is a call that takes one. */
  readonly value?: (variable: string) => string;
};

/** The name under which Stripe's samples and most frameworks look for it. */
const VARIABLES: Readonly<Record<Kind, string>> = {
  secret_key: "STRIPE_SECRET_KEY",
  restricted_key: "STRIPE_RESTRICTED_KEY",
  organization_key: "STRIPE_ORGANIZATION_KEY",
  webhook_secret: "STRIPE_WEBHOOK_SECRET",
  cli_token: "STRIPE_API_KEY",
  sandbox_key: "STRIPE_SECRET_KEY",
  connect_token: "STRIPE_CONNECT_REFRESH_TOKEN",
  app_secret: "STRIPE_APP_SIGNING_SECRET",
  ephemeral_key: "STRIPE_EPHEMERAL_KEY",
  legacy_key: "STRIPE_SECRET_KEY",
};

/** What the API itself takes. */
const API_KEYS: ReadonlySet<Kind> = new Set([
  "secret_key",
  "restricted_key",
  "organization_key",
  "sandbox_key",
  "legacy_key",
  "cli_token",
]);

/** The first that matches the path counts. Every pattern takes linear time. */
const RECIPES: readonly Recipe[] = [
  {
    language: "an environment file",
    fence: "sh",
    matches: /(?:^|\/)\.env[^/]*$|\.env$/i,
    example: () => "echo '.env' >> .gitignore\ngit rm --cached .env",
    note: "Keep the file on the machines that need it and out of git; commit a `.env.example` with empty values.",
  },
  {
    language: "JavaScript and TypeScript",
    fence: "js",
    matches: /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/i,
    example: (variable) => `const stripe = new Stripe(process.env.${variable});`,
    value: (variable) => `const secret = process.env.${variable};`,
    note: null,
  },
  {
    language: "Python",
    fence: "py",
    matches: /\.(?:pyw?|ipynb)$/i,
    example: (variable) => `stripe.api_key = os.environ["${variable}"]`,
    value: (variable) => `secret = os.environ["${variable}"]`,
    note: null,
  },
  {
    language: "Ruby",
    fence: "rb",
    matches: /(?:\.(?:rb|erb|rake)|(?:^|\/)(?:Gemfile|Rakefile))$/i,
    example: (variable) => `Stripe.api_key = ENV.fetch("${variable}")`,
    value: (variable) => `secret = ENV.fetch("${variable}")`,
    note: null,
  },
  {
    language: "PHP",
    fence: "php",
    matches: /\.(?:php|phtml)$/i,
    example: (variable) => `$stripe = new \\Stripe\\StripeClient(getenv('${variable}'));`,
    value: (variable) => `$secret = getenv('${variable}');`,
    note: null,
  },
  {
    language: "Go",
    fence: "go",
    matches: /\.go$/i,
    example: (variable) => `stripe.Key = os.Getenv("${variable}")`,
    value: (variable) => `secret := os.Getenv("${variable}")`,
    note: null,
  },
  {
    language: "Java and Kotlin",
    fence: "java",
    matches: /\.(?:java|kts?|groovy|scala)$/i,
    example: (variable) => `Stripe.apiKey = System.getenv("${variable}");`,
    value: (variable) => `String secret = System.getenv("${variable}");`,
    note: null,
  },
  {
    language: "C#",
    fence: "cs",
    matches: /\.(?:cs|fs|vb|cshtml)$/i,
    example: (variable) => `StripeConfiguration.ApiKey = Environment.GetEnvironmentVariable("${variable}");`,
    value: (variable) => `var secret = Environment.GetEnvironmentVariable("${variable}");`,
    note: null,
  },
  {
    language: "a GitHub Actions workflow",
    fence: "yaml",
    matches: /(?:^|\/)\.github\/(?:workflows|actions)\/[^\n]*\.ya?ml$/i,
    example: (variable) => `env:\n  ${variable}: \${{ secrets.${variable} }}`,
    note: "Store the value under Settings → Secrets and variables → Actions.",
  },
  {
    language: "Docker Compose",
    fence: "yaml",
    matches: /(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/i,
    example: (variable) => `environment:\n  - ${variable}`,
    note: "Without a value, Compose takes it from the environment that it is started in.",
  },
  {
    language: "Kubernetes",
    fence: "yaml",
    matches: /\.ya?ml$/i,
    within:
      /(?:^|\/)(?:k8s|kubernetes|kube|helm|charts?|manifests|kustomize|argo-?cd|flux)\/|(?:^|\/)(?:deployment|statefulset|daemonset|cronjob|configmap|kustomization)[^/]*$/i,
    example: (variable) =>
      `env:\n  - name: ${variable}\n    valueFrom:\n      secretKeyRef: { name: stripe, key: ${variable} }`,
    note: "A Secret manifest is base64, not encryption: create it from outside the repository, or commit it sealed.",
  },
  {
    language: "a pipeline",
    fence: "sh",
    matches:
      /(?:^|\/)(?:\.gitlab-ci|bitbucket-pipelines|azure-pipelines|\.travis|\.drone|cloudbuild|\.circleci\/config)\.ya?ml$/i,
    example: (variable) => `curl https://api.stripe.com/v1/balance -u "$${variable}:"`,
    value: (variable) => `: "\${${variable}:?is not set}"`,
    note: "Store the value as a masked variable in the settings of the pipeline.",
  },
  {
    language: "a YAML file",
    fence: "yaml",
    matches: /\.ya?ml$/i,
    example: (variable) => `${variable.toLowerCase()}: \${${variable}}`,
    note: "Many programs fill such a reference from the environment (YAML itself does not). Where yours does not, leave the key out of the file and read the variable in the code.",
  },
  {
    language: "Terraform",
    fence: "hcl",
    matches: /\.(?:tf|tfvars|hcl)$/i,
    example: (variable) =>
      `variable "${variable.toLowerCase()}" {\n  type      = string\n  sensitive = true\n}`,
    note: "Give the value as `TF_VAR_…` in the environment, and keep `*.tfvars` and the state out of git.",
  },
  {
    language: "Terraform state",
    fence: "sh",
    matches: /\.tfstate(?:\.backup)?$/i,
    example: () => "echo '*.tfstate*' >> .gitignore",
    note: "State holds every secret in plain text: keep it in a remote backend with encryption.",
  },
  {
    language: "a shell script",
    fence: "sh",
    matches: /\.(?:sh|bash|zsh|fish|ksh|command)$/i,
    example: (variable) => `curl https://api.stripe.com/v1/balance -u "$${variable}:"`,
    value: (variable) => `: "\${${variable}:?is not set}"`,
    note: null,
  },
];

/** For a file of a language that is not in the list. */
const ELSEWHERE: Recipe = {
  language: "this file",
  fence: "sh",
  matches: /$/,
  example: (variable) => `export ${variable}=…   # in the environment, from a secret manager`,
  note: "Read the value from the environment when the program starts.",
};

/** @param path as the finding has it; null where the credential stands in no file (a commit message) */
export function preventionFor(path: string | null, kind: Kind): Prevention | null {
  if (path === null) {
    return null;
  }
  const { language, fence, example, value, note } =
    RECIPES.find(({ matches, within }) => matches.test(path) && (within?.test(path) ?? true)) ?? ELSEWHERE;
  const written = API_KEYS.has(kind) ? example : (value ?? example);
  return { language, fence, example: written(VARIABLES[kind]), note };
}

const TEST_PLACES =
  /(?:^|\/)(?:tests?|specs?|__tests__|__mocks__|fixtures?|mocks?|examples?|samples?|docs?|cypress|e2e)\/|[._-](?:test|spec|e2e|dev|development|local|example|sample)(?:\.[^/]*)?$/i;

/** Whether a path is of a file that only tests, examples or development use, where no live key belongs at all. */
export function isTestPlace(path: string | null): boolean {
  return path !== null && TEST_PLACES.test(path);
}
