import { test } from "vitest";
import { History } from "../support/orders/history.ts";
import type { Step } from "../support/orders/history.ts";
test("debug", async () => {
  const steps: Step[] = JSON.parse(process.env["STEPS"] ?? "[]");
  const h = new History(Number(process.env["W"] ?? 1));
  console.log(await h.run(steps));
  console.log(h.machine.github.issues.map((i) => [i.title, i.body.slice(0, 300)]));
  console.log(
    h.machine.memory
      .scopes()
      .map((s) => [
        s.id,
        s.state,
        s.ended,
        s.generation,
        s.asOf.toISOString(),
        JSON.stringify(s.coverage),
        s.findings.map((f) => [f.finding.fingerprint, f.finding.commit]),
      ]),
  );
  console.log(h.machine.queue.all().map((j) => [j.job, j.state, j.attempts]));
  console.log(h.machine.github.runs.map((r) => [r.id, r.head, r.conclusion, r.title]));
  console.log(h.machine.memory.leaks());
});
