import { describe, expect, it } from "vitest";
import { errorOfExit } from "../../../../src/source/git/process/git-error.ts";

const ID = "0123456789abcdef0123456789abcdef01234567";

describe("errorOfExit", () => {
  it.each([
    [`fatal: remote error: upload-pack: not our ref ${ID}`, "not_found", false],
    [`error: Server does not allow request for unadvertised object ${ID}`, "not_found", false],
    ["fatal: couldn't find remote ref refs/pull/1/head", "not_found", false],
    [
      "remote: Repository not found.\nfatal: repository 'https://github.com/o/r.git/' not found",
      "access_denied",
      true,
    ],
    [
      "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
      "access_denied",
      true,
    ],
    [
      "fatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 403",
      "access_denied",
      true,
    ],
    [
      "fatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 301",
      "moved",
      true,
    ],
    ["fatal: unable to access 'https://x/': Could not resolve host: x", "network", true],
    ["error: RPC failed; curl 18 transfer closed\nfatal: early EOF", "network", true],
    ["fatal: not a git repository: '/x'", "mirror_gone", true],
    ["fatal: Out of memory, malloc failed (tried to allocate 268435496 bytes)", "out_of_memory", true],
    ["error: Out of memory, malloc failed\nfatal: packed object is corrupt", "out_of_memory", true],
    ["fatal: inflate: out of memory", "out_of_memory", true],
    ["fatal: something else", "failed", true],
  ])("takes %j for %s", (stderr, code, retryable) => {
    expect(errorOfExit("fetch", "code 128", stderr)).toMatchObject({ code, retryable });
  });

  it.each([
    ["error: The requested URL returned error: 429", "network", "soon"],
    ["error: The requested URL returned error: 502", "network", "soon"],
    [
      "remote: You have exceeded a secondary rate limit.\nerror: The requested URL returned error: 403",
      "network",
      "soon",
    ],
    ["fatal: the remote end hung up unexpectedly", "network", "soon"],
    ["fatal: dumb http transport does not support shallow capabilities", "network", "soon"],
    ["error: The requested URL returned error: 403", "access_denied", "hours"],
    ["error: The requested URL returned error: 451", "access_denied", "hours"],
    ["error: The requested URL returned error: 307", "moved", "hours"],
    [`fatal: remote error: upload-pack: not our ref ${ID}`, "not_found", "never"],
  ])("takes %j for %s, worth a retry: %s", (stderr, code, retry) => {
    expect(errorOfExit("fetch", "code 128", stderr)).toMatchObject({ code, retry });
  });
});

describe("messages of errors", () => {
  it("say nothing of what a command that reads complained about", () => {
    const error = errorOfExit("diff-tree", "code 128", "fatal: unable to read some/name");
    expect(error.message).toBe("git diff-tree ended with code 128");
  });
});
