import { describe, expect, test } from "vitest";
import { atHead, judged, madeFinding, madeWebhookSecret, rendered } from "../../support/reported.ts";

describe("the example is in the language of the file", () => {
  test.each([
    ["src/pay.ts", "process.env.STRIPE_SECRET_KEY"],
    ["app.py", 'os.environ["STRIPE_SECRET_KEY"]'],
    ["lib/pay.rb", 'ENV.fetch("STRIPE_SECRET_KEY")'],
    ["pay.php", "getenv('STRIPE_SECRET_KEY')"],
    ["cmd/main.go", 'os.Getenv("STRIPE_SECRET_KEY")'],
    ["Pay.java", 'System.getenv("STRIPE_SECRET_KEY")'],
    ["Pay.cs", 'Environment.GetEnvironmentVariable("STRIPE_SECRET_KEY")'],
    ["deploy.sh", '-u "$STRIPE_SECRET_KEY:"'],
    ["docker-compose.prod.yml", "environment:"],
    ["k8s/deployment.yaml", "secretKeyRef"],
    [".github/workflows/ci.yml", "secrets.STRIPE_SECRET_KEY"],
    ["main.tf", "sensitive = true"],
    ["terraform.tfstate", "*.tfstate"],
    [".env.production", "git rm --cached"],
    ["notes.txt", "export STRIPE_SECRET_KEY"],
  ])("%s", (path, expected) => {
    expect(rendered(judged([atHead(madeFinding({ path }))])).text).toContain(expected);
  });

  test("a key in a commit message gets no example", () => {
    const { text } = rendered(judged([atHead(madeFinding({ place: "commit_message", path: null }))]));
    expect(text).not.toContain("Keep the next secret");
  });
});

describe("prevention by path", () => {
  test.each([
    ["config/shop.yml", "stripe_secret_key: ${STRIPE_SECRET_KEY}"],
    ["src/main/resources/application.yaml", "stripe_secret_key: ${STRIPE_SECRET_KEY}"],
    ["k8s/shop.yml", "secretKeyRef"],
    ["deploy/helm/values.yaml", "secretKeyRef"],
    ["charts/shop/templates/web.yaml", "secretKeyRef"],
    ["ops/statefulset-web.yaml", "secretKeyRef"],
    ["compose.yaml", "environment:"],
    [".github/workflows/ci.yml", "secrets.STRIPE_SECRET_KEY"],
    [".gitlab-ci.yml", "masked variable"],
    [".circleci/config.yml", "masked variable"],
  ])("%s", (path, expected) => {
    const { text } = rendered(judged([atHead(madeFinding({ path }))]));
    expect(text).toContain(expected);
    expect(text?.includes("secretKeyRef")).toBe(expected === "secretKeyRef");
  });

  test.each([
    ["a.ts", "const secret = process.env.STRIPE_WEBHOOK_SECRET;"],
    ["a.py", 'secret = os.environ["STRIPE_WEBHOOK_SECRET"]'],
    ["a.sh", ': "${STRIPE_WEBHOOK_SECRET:?is not set}"'],
  ])("a webhook secret in %s is not passed to an API client", (path, expected) => {
    const { text } = rendered(judged([atHead(madeWebhookSecret({ path }))]));
    expect(text).toContain(`\n${expected}\n`);
  });

  test("suggests a hook that scans staged files", () => {
    expect(rendered(judged([atHead(madeFinding())])).text).toContain(
      "git diff --cached | node /path/to/rollcall/src/cli.ts --stdin",
    );
  });
});
