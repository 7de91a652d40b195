/**
 * A repository that is older than the app: `acme/warehouse`, with a key in a commit of years ago that no file holds any
 * more. Its history is read on installation.
 */
import { join } from "node:path";
import type { LocalGitHub, Repository } from "local-github";
import { cloneOf } from "../fixtures/clone.ts";
import type { Clone, Files } from "../fixtures/clone.ts";

/** Makes the repository, before the app is installed. */
export async function seedPast(github: LocalGitHub, directory: string, key: string): Promise<Repository> {
  const roles = { ann: "write" } as const;
  const repository = await github.createRepository({
    owner: "acme",
    name: "warehouse",
    private: true,
    roles,
  });
  const clone = await cloneOf(github.cloneUrl(repository, "ann"), join(directory, "warehouse"));
  const module = (value: string): Files => ({
    "lib/billing.rb": `require "stripe"\n\nStripe.api_key = ${value}\n`,
  });
  await commit(clone, "2019-03-04", "Charge for storage", module(`"${key}"`));
  await commit(clone, "2019-03-05", "Read the key from the environment", module('ENV.fetch("STRIPE_KEY")'));
  await commit(clone, "2023-10-12", "Say what is stored", { "README.md": "# Warehouse\n\nStores socks.\n" });
  await clone.push("HEAD:main");
  return repository;
}

/** A commit of Lee, who has left since. */
async function commit(clone: Clone, day: string, message: string, files: Files): Promise<void> {
  await clone.commit(message, files);
  const then = [`--date=${day}T09:30:00+0100`, "--author=Lee <lee@example.org>"];
  await clone.git("commit", "--quiet", "--amend", "--no-edit", ...then);
}
