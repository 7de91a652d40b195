import { rmSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { GitError } from "../../../../src/source/git/index.ts";
import { modeOf } from "../../../support/folders.ts";
import { at, chain, NEVER, NOWHERE, readAll, remoteRepository } from "../../../support/remote-repository.ts";
import type { RemoteRepository } from "../../../support/remote-repository.ts";

let open: RemoteRepository[] = [];
afterEach(() => {
  for (const repository of open) repository.remove();
  open = [];
});

function repositoryOf(...args: Parameters<typeof remoteRepository>): RemoteRepository {
  const repository = remoteRepository(...args);
  open.push(repository);
  return repository;
}

describe("the cache", () => {
  async function prepared(): Promise<{
    repository: RemoteRepository;
    request: Parameters<RemoteRepository["source"]["prepare"]>[0];
  }> {
    const repository = repositoryOf(chain(3));
    const request = { include: [at(repository, -1)], exclude: [], commitCount: 3 };
    await repository.source.prepare(request, NEVER);
    return { repository, request };
  }

  it("may be deleted between preparing and reading: a retryable error, and preparing again helps", async () => {
    const { repository, request } = await prepared();
    expect(await repository.mirrors.evict(0)).toEqual({ removed: 1, bytes: 0 });
    const error: unknown = await readAll(repository.source, repository.commits).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(GitError);
    expect(error).toMatchObject({ code: "mirror_gone", retryable: true });
    await repository.source.prepare(request, NEVER);
    expect(await readAll(repository.source, repository.commits)).toHaveLength(3);
  });

  it("can be entered by the user who runs Rollcall only", async () => {
    const { repository } = await prepared();
    expect(modeOf(repository.directory)).toBe("700");
    expect(modeOf(join(repository.directory, "7.git"))).toBe("700");
    rmSync(repository.directory, { recursive: true });
    await repository.mirrors.evict(0);
    expect(modeOf(repository.directory)).toBe("700");
  });

  it("keeps mirrors within the limit and mirrors in use", async () => {
    const { repository } = await prepared();
    expect(await repository.mirrors.evict(1024 ** 3)).toMatchObject({ removed: 0 });
    const reading = repository.source.read(repository.commits, NEVER)[Symbol.asyncIterator]();
    expect((await reading.next()).done).toBe(false);
    expect(await repository.mirrors.evict(0)).toMatchObject({ removed: 0 });
    await reading.return?.();
    expect(await repository.mirrors.evict(0)).toMatchObject({ removed: 1 });
  });

  it("is made anew when it is damaged", async () => {
    const { repository, request } = await prepared();
    rmSync(join(repository.directory, "7.git", "objects", "pack"), { recursive: true });
    const again = await repository.source.prepare(request, NEVER);
    expect(again.commits).toHaveLength(3);
    expect(await readAll(repository.source, repository.commits)).toHaveLength(3);
  });

  it("lets one prepare after the other, of the same repository", async () => {
    const repository = repositoryOf(chain(6));
    const all = await Promise.all(
      repository.commits.map(
        async (tip) =>
          await repository.source.prepare({ include: [tip], exclude: [], commitCount: null }, NEVER),
      ),
    );
    expect(all.map((each) => each.commits.length)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("reads without the remote; a missing blob is a gap", async () => {
    const { repository } = await prepared();
    await rename(repository.remote, `${repository.remote}.away`);
    const contents = await readAll(repository.source, repository.commits);
    expect(contents.flatMap((content) => content.gaps)).toEqual([]);
    const place = { commit: at(repository, 0), path: "f" };
    expect(await repository.source.readBlob(NOWHERE, place, NEVER)).toMatchObject({
      kind: "gap",
      gap: { reason: "unavailable", ...place },
    });
    const [first] = contents[0]?.files ?? [];
    expect(await repository.source.readBlob(first?.blob ?? "", place, NEVER)).toMatchObject({
      kind: "bytes",
    });
  });

  it("yields a missing commit with a gap", async () => {
    const { repository } = await prepared();
    expect(await readAll(repository.source, [NOWHERE])).toMatchObject([
      { sha: NOWHERE, gaps: [{ reason: "unavailable" }] },
    ]);
  });

  it("never takes the edge of a shallow history for its beginning", async () => {
    const repository = repositoryOf(chain(10));
    await repository.source.prepare(
      { include: [at(repository, -1)], exclude: [at(repository, -2)], commitCount: 1 },
      NEVER,
    );
    expect(await readAll(repository.source, [at(repository, -2)])).toMatchObject([
      { files: [], gaps: [{ reason: "unavailable" }] },
    ]);
  });
});
