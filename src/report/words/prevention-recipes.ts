/**
 * How each language and file format reads a secret from outside itself: data, one row each, in the order in which they
 * are tried. Every pattern takes linear time. `prevention.ts` chooses the row for a path.
 */

export interface Recipe {
  readonly language: string;
  /** Language of the fenced block. */
  readonly fence: string;
  /** One sentence of Markdown that the example needs; null for none. */
  readonly note: string | null;
  /** Tried on the path. */
  readonly matches: RegExp;
  /** Must match the path too, where the name alone does not tell. */
  readonly within?: RegExp;
  readonly example: (variable: string) => string;
  /** The example for what is not an API key, where `example` calls something that takes one. */
  readonly value?: (variable: string) => string;
}

/** The first that matches counts. */
export const RECIPES: readonly Recipe[] = [
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
    note: "Without a value, Compose takes it from the environment it is started in.",
  },
  {
    language: "Kubernetes",
    fence: "yaml",
    matches: /\.ya?ml$/i,
    within:
      /(?:^|\/)(?:k8s|kubernetes|kube|helm|charts?|manifests|kustomize|argo-?cd|flux)\/|(?:^|\/)(?:deployment|statefulset|daemonset|cronjob|configmap|kustomization)[^/]*$/i,
    example: (variable) =>
      `env:\n  - name: ${variable}\n    valueFrom:\n      secretKeyRef: { name: stripe, key: ${variable} }`,
    note: "A Secret manifest is only base64, not encrypted: create it outside the repository, or commit a sealed one.",
  },
  {
    language: "a pipeline",
    fence: "sh",
    matches:
      /(?:^|\/)(?:\.gitlab-ci|bitbucket-pipelines|azure-pipelines|\.travis|\.drone|cloudbuild|\.circleci\/config)\.ya?ml$/i,
    example: (variable) => `curl https://api.stripe.com/v1/balance -u "$${variable}:"`,
    value: (variable) => `: "\${${variable}:?is not set}"`,
    note: "Store the value as a masked variable in the pipeline's settings.",
  },
  {
    language: "a YAML file",
    fence: "yaml",
    matches: /\.ya?ml$/i,
    example: (variable) => `${variable.toLowerCase()}: \${${variable}}`,
    note: "Many programs fill in such a reference from the environment (YAML itself does not). If yours does not, leave the key out of the file and read the variable in the code.",
  },
  {
    language: "Terraform",
    fence: "hcl",
    matches: /\.(?:tf|tfvars|hcl)$/i,
    example: (variable) =>
      `variable "${variable.toLowerCase()}" {\n  type      = string\n  sensitive = true\n}`,
    note: "Set the value as `TF_VAR_…` in the environment, and keep `*.tfvars` and the state out of git.",
  },
  {
    language: "Terraform state",
    fence: "sh",
    matches: /\.tfstate(?:\.backup)?$/i,
    example: () => "echo '*.tfstate*' >> .gitignore",
    note: "State holds every secret in plain text: keep it in an encrypted remote backend.",
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

/** For a file of any other language. */
export const ELSEWHERE: Recipe = {
  language: "this file",
  fence: "sh",
  matches: /$/,
  example: (variable) => `export ${variable}=…   # in the environment, from a secret manager`,
  note: "Read the value from the environment when the program starts.",
};
