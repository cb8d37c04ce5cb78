import { describe, expect, it } from "vitest";
import { agentEnvironment } from "../index.ts";

const secrets = {
  LINEAR_API_KEY: "x",
  GITHUB_TOKEN: "x",
  GH_TOKEN: "x",
  GITLAB_TOKEN: "x",
  JIRA_API_TOKEN: "x",
  NPM_TOKEN: "x",
  DB_PASSWORD: "x",
  AWS_SECRET_ACCESS_KEY: "x",
  ANTHROPIC_API_KEY: "x",
  SSH_AUTH_SOCK: "x",
  LC_GITHUB_TOKEN: "x",
  XDG_SECRET: "x",
};

describe("agentEnvironment", () => {
  it("R-518 passes no secret, and nothing that makes shells and interpreters run code", () => {
    const from = {
      ...secrets,
      BASH_ENV: "x",
      ENV: "x",
      NODE_OPTIONS: "x",
      LD_PRELOAD: "x",
      GIT_DIR: "x",
    };
    expect(agentEnvironment({ from })).toEqual({});
  });

  it("passes what programs need to find tools, home, language and network", () => {
    const from = {
      PATH: "/bin",
      HOME: "/h",
      LC_ALL: "C",
      https_proxy: "http://proxy.invalid",
      SSL_CERT_FILE: "/c",
    };
    expect(agentEnvironment({ from })).toEqual(from);
  });

  it("passes what is named, secret or not", () => {
    expect(agentEnvironment({ from: secrets, allow: ["ANTHROPIC_API_KEY", "ABSENT"] })).toEqual({
      ANTHROPIC_API_KEY: "x",
    });
  });

  it("sets what it is told to, over what is there", () => {
    expect(
      agentEnvironment({ from: { PATH: "/bin", TZ: undefined }, set: { PATH: "/mine", A: "1" } }),
    ).toEqual({
      PATH: "/mine",
      A: "1",
    });
  });
});
