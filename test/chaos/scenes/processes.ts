/** Instances in processes of their own, which share a real Redis. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type AgproxyProcess, startAgproxy } from "../../support/agproxy-process.ts";
import { type Folder, installedFolder } from "../../support/folder.ts";
import { type GeminiCall, said, sse } from "../../support/gemini-server.ts";
import { linesOf, untilLine } from "../../support/log-lines.ts";
import { redisServer, withoutRedis } from "../../support/redis-server.ts";
import { ask, concurrently, failures } from "../client.ts";
import { imitation, refuses } from "../imitation.ts";
import { Promises, type Scene } from "../scene.ts";

const skip = withoutRedis;

/** An instance whose clock is ahead, if it is. */
function instance(place: Folder, aheadMs = 0): Promise<AgproxyProcess> {
  const script = `const { now } = Date; Date.now = () => now() + ${aheadMs};`;
  const shift = `--import=data:text/javascript,${encodeURIComponent(script)}`;
  return startAgproxy({
    cwd: place.path,
    env: { NODE_OPTIONS: aheadMs === 0 ? undefined : shift },
  });
}

/** Google's token endpoint and Cloud Code; it counts the tokens that it gave. */
async function cloudCodeServer() {
  let tokens = 0;
  const server = createServer(({ url = "" }, response) => {
    void (async () => {
      if (url === "/token") {
        tokens += 1;
        await sleep(100);
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ access_token: `access-${tokens}`, expires_in: 3600 }));
        return;
      }
      response.setHeader("content-type", "text/event-stream");
      response.end(sse({ response: said("good answer", "STOP") }));
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    tokens: () => tokens,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const refreshRace: Scene = {
  name: "4 processes with an OAuth account that needs an access token, 5 requests at each at once",
  goal: "the token is asked for once, 0 fail",
  skip,
  async play() {
    await using server = await redisServer();
    await using google = await cloudCodeServer();
    const account = { refreshToken: "r", clientId: "c", clientSecret: "s", project: "p" };
    const options = {
      accounts: [account],
      baseUrl: google.url,
      tokenUrl: `${google.url}/token`,
      iUnderstandTheRisk: true,
    };
    await using place = await installedFolder({
      "agproxy.config.json": JSON.stringify({
        plugins: [["redis", { url: server.url }], "openai", "rotation", ["cloud-code", options]],
      }),
    });
    const started = await Promise.all([1, 2, 3, 4].map(() => instance(place)));
    const seen = await concurrently(20, 20, (index) =>
      ask(started[index % 4]!.url, { text: `Question ${index}` }),
    );
    for (const one of started) await one[Symbol.asyncDispose]();
    const promises = new Promises();
    promises.holds("no client fails", failures(seen) === 0);
    promises.holds("one token", google.tokens() === 1);
    return promises.outcome(
      `${failures(seen)} of ${seen.length} fail, ${google.tokens()} × asked for a token`,
    );
  },
};

const clocks: Scene = {
  name: "1 of 2 accounts is limited for 3 s; another process has its clock 5 minutes ahead, a third 5 minutes behind",
  goal: "nobody asks it before its time, 0 fail; afterwards everybody does",
  skip,
  async play() {
    await using server = await redisServer();
    let endsAt = 0;
    let early = 0;
    let later = 0;
    const limitMs = 3000;
    await using upstream = await imitation({
      1: (call) => {
        endsAt ||= Date.now() + limitMs;
        const leftMs = endsAt - Date.now();
        if (leftMs > 0) early += 1;
        else later += 1;
        return refuses({ status: 429, retryDelay: Math.max(leftMs, 10) / 1000 })(call);
      },
    });
    const keys = "key-1,key-2";
    await using place = await installedFolder({
      "agproxy.config.json": JSON.stringify({
        plugins: [
          ["redis", { url: server.url }],
          "openai",
          // Without it, the banner asks an account for a model that it can show.
          "model-mapping",
          ["rotation", { strategy: "fill-first", sticky: false }],
          ["gemini", { keys, baseUrl: upstream.url }],
        ],
      }),
    });
    await using right = await instance(place);
    await using ahead = await instance(place, 300_000);
    await using behind = await instance(place, -300_000);
    const seen = [await ask(right.url)];
    const urls = [ahead, behind].map(({ url }) => url);
    while (Date.now() < endsAt - 100) {
      for (const url of urls) seen.push(await ask(url, { text: `Question ${seen.length}` }));
    }
    await sleep(endsAt + 200 - Date.now());
    for (const url of urls) seen.push(await ask(url, { text: "Afterwards" }));
    const promises = new Promises();
    promises.holds("no client fails", failures(seen) === 0);
    promises.holds("nobody asks too early", early === 1);
    promises.holds("it is tried again", later >= 1);
    return promises.outcome(
      `${failures(seen)} of ${seen.length} fail, ${early - 1} asked too early, ${later} in time`,
    );
  },
};

const workerDies: Scene = {
  name: "one of 3 workers is killed while 30 streams are open, and 60 requests follow",
  goal: "only its own streams break, and it is replaced",
  async play() {
    await using upstream = await imitation({ 1: takesHalfASecond });
    await using place = await installedFolder({
      "agproxy.config.json": JSON.stringify({
        plugins: ["openai", "rotation", ["gemini", { keys: "key-1", baseUrl: upstream.url }]],
      }),
    });
    const args = ["--port", "0", "--workers", "3"];
    await using gateway = await startAgproxy({ cwd: place.path, args });
    const { url } = gateway;
    const pids = () =>
      new Map(
        linesOf(gateway)
          .filter(({ msg }) => msg === "exchange")
          .map(({ worker, pid }) => [worker, Number(pid)]),
      );
    while (pids().size < 3) await concurrently(6, 6, () => ask(url, { alone: true }));
    const warm = upstream.calls;
    const open = concurrently(30, 30, () => ask(url, { alone: true }).catch(() => undefined));
    while (upstream.calls < warm + 30) await sleep(5);
    process.kill(pids().get(2)!, "SIGKILL");
    const first = await open;
    const broken = first.filter((seen) => seen?.isWhole !== true).length;
    const after = await concurrently(60, 20, () => ask(url, { alone: true }));
    await untilLine(gateway, ({ msg }) => String(msg).startsWith("a worker ended"));
    const promises = new Promises();
    // Connections go to the workers in turn: a third of them, and some more where one was busy.
    promises.holds("only its own streams break", broken > 0 && broken <= 15);
    promises.holds("nobody fails afterwards", failures(after) === 0);
    return promises.outcome(
      `${broken} of 30 broken, ${failures(after)} of ${after.length} fail afterwards`,
    );
  },
};

async function takesHalfASecond({ response }: GeminiCall): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(sse(said("good ")));
  await sleep(500);
  response.end(sse(said("answer", "STOP")));
}

export const processes: readonly Scene[] = [refreshRace, clocks, workerDies];
