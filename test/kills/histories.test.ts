import { setTimeout as wait } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { installApp } from "../support/installed-app.ts";
import type { Project } from "../support/project.ts";

const environment = { HISTORY_ISSUE_SECONDS: "0" };
const app = await installApp({ lasts: "file", as: "real", installed: false, environment });

const REPOSITORIES = 12;
const MAX_KILLS = 20;
/** Up to this long after the app is ready it is killed. */
const MAX_PAUSE_MS = 1500;

test(
  "killed at random while histories are read: what is filed is the same as undisturbed",
  { timeout: 1_800_000 },
  async () => {
    const shops: { readonly shop: Project; readonly keys: readonly string[] }[] = [];
    for (let number = 0; number < REPOSITORIES; number += 1) {
      const shop = await app.project();
      const clone = await shop.clone();
      const keys = [app.key(`one-${number}`), app.key(`two-${number}`)];
      for (const [index, key] of keys.entries())
        await clone.commit(`Pay ${index}`, { "pay.py": `import stripe\nstripe.api_key = "${key}"\n` });
      await clone.commit("Clean up", { "pay.py": "import os\n" });
      await clone.push("HEAD:main");
      shops.push({ shop, keys });
    }
    await app.github.idle();
    app.github.install({ on: "acme" });
    const kills = Math.min(inject("kills"), MAX_KILLS);
    for (let kill = 0; kill < kills; kill += 1) {
      await wait(Math.random() * MAX_PAUSE_MS);
      await app.stop("SIGKILL");
      await app.start();
    }
    const isFiled = (): boolean => shops.every(({ shop, keys }) => shop.issues().length >= keys.length);
    await app.github.until(isFiled, "every issue", 900_000);
    await app.settled();
    for (const { shop, keys } of shops) {
      expect(shop.issues()).toHaveLength(keys.length);
      const text = shop
        .issues()
        .map(({ title, body }) => `${title} ${body}`)
        .join("\n");
      for (const key of keys) expect(text).toContain(key.slice(-4));
    }
  },
);
