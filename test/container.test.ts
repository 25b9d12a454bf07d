/** The promise: the Dockerfile makes an image of this clone that serves, and the compose file starts it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { startAgproxy } from "./support/agproxy-process.ts";
import { finishedProcess } from "./support/child-process.ts";
import { buildStages, readDockerfile, rootOf, setting } from "./support/dockerfile.ts";
import { folder } from "./support/folder.ts";
import { unreachable } from "./support/packages.ts";
import { repository } from "./support/repository.ts";

const stages = await readDockerfile(join(repository, "Dockerfile"));
const compose = await readFile(join(repository, "compose.yaml"), "utf8");

/** An instruction in its JSON form. */
function words(instruction: string): readonly string[] {
  return JSON.parse(setting(stages, instruction).replace(/^.*?(?=\[)/, "")) as readonly string[];
}

/** The variables that the image sets. */
const variables = new Map(
  setting(stages, "ENV")
    .split(" ")
    .map((pair) => pair.split("=", 2) as [string, string]),
);

test("what the stages do in clean folders ends in an agproxy that serves and is found healthy", async (context) => {
  await using place = await folder();
  const failed = await buildStages(stages, repository, place.path);
  if (failed !== undefined) {
    const missing = unreachable(failed);
    assert.ok(missing !== undefined, failed.stdout + failed.stderr);
    return context.skip(`npm cannot reach its registry: ${missing}`);
  }
  const root = rootOf(place.path, stages.at(-1));
  const packages = await readdir(join(root, "agproxy/node_modules/@agproxy"));
  assert.ok(packages.includes("plugin-gemini"));
  for (const name of ["typescript", "oxlint", "openai"]) {
    assert.ok(!(await readdir(join(root, "agproxy/node_modules"))).includes(name), name);
  }
  const [program, script = ""] = words("ENTRYPOINT");
  assert.equal(program, "node");
  assert.deepEqual(words("CMD"), ["start"]);
  const env = {
    ...Object.fromEntries(variables),
    AGPROXY_PORT: "0",
    AGPROXY_API_KEY: "a-key-of-thirty-two-characters-0",
  };
  const cwd = join(root, setting(stages, "WORKDIR"));
  await using gateway = await startAgproxy({
    cwd,
    env,
    args: [],
    command: [process.execPath, join(root, script)],
  });
  assert.match(gateway.banner, /listens on http:\/\/0\.0\.0\.0:/);
  const url = gateway.url.replace("0.0.0.0", "127.0.0.1");
  assert.equal((await fetch(`${url}/v1/models`)).status, 401, "a key is asked for");
  const health = () => {
    const port = new URL(url).port;
    const [, ...args] = words("HEALTHCHECK");
    return finishedProcess(process.execPath, args, { cwd, env: { ...env, AGPROXY_PORT: port } });
  };
  assert.equal((await health()).code, 0);
  gateway.signal("SIGTERM");
  assert.equal((await gateway.finished).code, 0);
  assert.equal((await health()).code, 1);
});

test("the image runs without rights, on the port that it shows, and has no key in it", () => {
  assert.equal(setting(stages, "USER"), "node");
  assert.equal(setting(stages, "EXPOSE"), variables.get("AGPROXY_PORT"));
  assert.deepEqual(
    [...variables.keys()].filter((name) => /KEY|TOKEN/.test(name)),
    [],
  );
  const last = stages.at(-1)?.steps.filter(({ instruction }) => /^(?:RUN|ADD)$/.test(instruction));
  assert.deepEqual(last, [], "what is run needs nothing from the network");
});

test("what lies about in a clone stays out of the image", async () => {
  const ignored = (await readFile(join(repository, ".dockerignore"), "utf8")).split("\n");
  for (const pattern of [".git", "**/node_modules", "**/.env*", "agproxy.config.*"]) {
    assert.ok(ignored.includes(pattern), pattern);
  }
});

test("the compose file fits the image and the time that a stop takes", () => {
  assert.ok(compose.includes(`"127.0.0.1:8045:${setting(stages, "EXPOSE")}"`));
  assert.ok(compose.includes(`home:${setting(stages, "WORKDIR")}\n`));
  const seconds = Number(/stop_grace_period: (\d+)s/.exec(compose)?.[1]);
  assert.ok(seconds > 30, "`drain` is 30 seconds");
  assert.match(compose, / {2}redis:\n {4}profiles: \[redis\]/, "nothing needs Redis");
});

const hasCompose = spawnSync("docker", ["compose", "version"]).status === 0;

test(
  "docker takes the compose file",
  { skip: hasCompose ? false : "docker compose is not installed" },
  async () => {
    const end = await finishedProcess("docker", ["compose", "config", "--quiet"], {
      cwd: repository,
      env: { AGPROXY_API_KEY: "a-key-of-thirty-two-characters-0" },
    });
    assert.equal(end.code, 0, end.stderr);
  },
);
