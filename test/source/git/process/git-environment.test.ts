import { describe, expect, it } from "vitest";
import { gitEnvironment } from "../../../../src/source/git/process/git-environment.ts";

describe("gitEnvironment", () => {
  it("hands on the way to the network and nothing else", () => {
    const inherited = {
      PATH: "/bin",
      HOME: "/home/x",
      HTTPS_PROXY: "http://proxy",
      GIT_DIR: "/x",
      GIT_SSH_COMMAND: "x",
      PRIVATE_KEY: "x",
    };
    const environment = gitEnvironment({ inherited, gitDirectory: "/mirror" });
    expect(environment).toMatchObject({
      PATH: "/bin",
      HTTPS_PROXY: "http://proxy",
      HOME: "/mirror",
      GIT_DIR: "/mirror",
      GIT_ALLOW_PROTOCOL: "none",
    });
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["PRIVATE_KEY"]));
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["GIT_SSH_COMMAND"]));
  });
});
