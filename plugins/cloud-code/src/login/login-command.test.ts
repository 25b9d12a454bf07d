/** `agproxy login` against an OAuth server over HTTP, with a browser that follows redirects. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { accountFile, type PluginCommandLine } from "@agproxy/core";
import { startVendor, type VendorAnswer } from "@agproxy/core/testing";
import { cloudCode } from "../index.ts";
import { loginCommand } from "./login-command.ts";

type Server = PluginCommandLine["server"];

interface Grant {
  readonly challenge: string | null;
  readonly redirectUri: string;
}

/** An OAuth server that lets everybody in, and gives a token only to who asked for its code. */
async function oauthServer(refuses?: string) {
  const grants = new Map<string, Grant>();
  const idToken = `x.${Buffer.from('{"email":"me@example.com"}').toString("base64url")}.x`;
  const server = await startVendor(({ method, url, body }): VendorAnswer => {
    const { pathname, searchParams: asked } = new URL(url, "http://server");
    if (method === "GET" && pathname === "/auth") {
      const redirectUri = asked.get("redirect_uri") ?? "";
      const state = asked.get("state") ?? "";
      assert.equal(asked.get("code_challenge_method"), "S256");
      assert.equal(asked.get("access_type"), "offline");
      assert.equal(asked.get("client_id"), "own-id");
      const code = `code-${grants.size + 1}`;
      grants.set(code, { challenge: asked.get("code_challenge"), redirectUri });
      const answer = refuses === undefined ? { code, state } : { error: refuses, state };
      const location = `${redirectUri}/?${new URLSearchParams(answer).toString()}`;
      return { status: 302, headers: { location } };
    }
    const form = new URLSearchParams(body);
    const grant = grants.get(form.get("code") ?? "");
    const verifier = form.get("code_verifier") ?? "";
    const isOurs =
      grant !== undefined &&
      grant.challenge === createHash("sha256").update(verifier).digest("base64url") &&
      grant.redirectUri === form.get("redirect_uri") &&
      form.get("client_secret") === "own-secret";
    if (!isOurs) return { status: 400, body: { error: "invalid_grant" } };
    const number = grants.size;
    return {
      body: { access_token: "access", refresh_token: `refresh-${number}`, id_token: idToken },
    };
  });
  return server;
}

interface Person {
  /** What somebody does with the address of the page. */
  readonly visits: (page: string) => Promise<void>;
  readonly pastes?: () => Promise<string>;
}

async function place(serverUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), "agproxy-login-"));
  const file = join(folder, "accounts.json");
  const clientFile = join(folder, "client.json");
  const installed = {
    client_id: "own-id",
    client_secret: "own-secret",
    auth_uri: `${serverUrl}/auth`,
    token_uri: `${serverUrl}/token`,
  };
  await writeFile(clientFile, JSON.stringify({ installed }));
  const output = { text: "" };
  async function login(options: PluginCommandLine["options"], { visits, pastes }: Person) {
    const visited: Promise<void>[] = [];
    const line: PluginCommandLine = {
      words: [],
      options: { "client-file": clientFile, ...options },
      plugins: [cloudCode({ iUnderstandTheRisk: true })],
      server: { accountsFile: file } as Server,
      json: false,
      exchangeLine: () => "",
      table: () => "",
      print: (text) => {
        output.text += text;
        return 0;
      },
      warn: (text) => {
        output.text += text;
        const page = /http:\/\/\S+\/auth\?\S+/.exec(text)?.[0];
        if (page !== undefined) visited.push(visits(page));
        return 0;
      },
    };
    const readLine = pastes ?? (() => assert.fail("nobody is asked"));
    const code = await loginCommand(line, { environment: {}, readLine });
    await Promise.all(visited);
    return code;
  }
  return {
    file,
    output,
    login,
    accounts: () => accountFile(file).read(),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

const browser = {
  visits: async (page: string) => {
    const response = await fetch(page);
    assert.match(await response.text(), /You are signed in|Nobody is signed in/);
  },
};

test("a browser on this machine: the account is in the file, labelled by its email, and no secret is shown", async () => {
  await using server = await oauthServer();
  await using own = await place(server.url);
  assert.equal(await own.login({}, browser), 0);
  assert.deepEqual(own.accounts(), [
    {
      kind: "cloud-code",
      label: "me@example.com",
      options: {
        label: "me@example.com",
        refreshToken: "refresh-1",
        clientId: "own-id",
        clientSecret: "own-secret",
      },
    },
  ]);
  assert.equal((await stat(own.file)).mode & 0o777, 0o600);
  assert.match(own.output.text, /Google suspends accounts/);
  assert.doesNotMatch(own.output.text, /refresh-1|own-secret|code-1/);
});

test("who signs in again keeps the options of the account", async () => {
  await using server = await oauthServer();
  await using own = await place(server.url);
  await own.login({ label: "work" }, browser);
  const text = await readFile(own.file, "utf8");
  await writeFile(own.file, text.replace('"label"', '"models": ["gemini-*"], "label"'));
  await own.login({ label: "work" }, browser);
  const [account, ...others] = own.accounts();
  assert.deepEqual(others, []);
  assert.deepEqual(account?.options["models"], ["gemini-*"]);
  assert.equal(account?.options["refreshToken"], "refresh-2");
});

test("a browser elsewhere: the address at which it ends is pasted", async () => {
  await using server = await oauthServer();
  await using own = await place(server.url);
  const address = Promise.withResolvers<string>();
  const elsewhere = {
    visits: async (page: string) => {
      const response = await fetch(page, { redirect: "manual" });
      address.resolve(` ${response.headers.get("location")}\n`);
    },
    pastes: () => address.promise,
  };
  assert.equal(await own.login({ paste: true }, elsewhere), 0);
  assert.equal(own.accounts()[0]?.options["refreshToken"], "refresh-1");
});

for (const [what, change] of [
  ["a code alone", (address: URL) => address.searchParams.get("code") ?? ""],
  ["another sign-in's address", (address: URL) => address.href.replace(/state=./, "state=?")],
] as const) {
  test(`${what} is not taken`, async () => {
    await using server = await oauthServer();
    await using own = await place(server.url);
    const address = Promise.withResolvers<string>();
    const elsewhere = {
      visits: async (page: string) => {
        const response = await fetch(page, { redirect: "manual" });
        address.resolve(change(new URL(response.headers.get("location") ?? "")));
      },
      pastes: () => address.promise,
    };
    await assert.rejects(
      own.login({ paste: true }, elsewhere),
      /not the address at which this sign-in ends/,
    );
    assert.deepEqual(own.accounts(), []);
    assert.equal(server.received.filter(({ method }) => method === "POST").length, 0);
  });
}

test("another page of this machine cannot end or answer the wait: it does not know the state", async () => {
  await using server = await oauthServer();
  await using own = await place(server.url);
  const attacked = {
    visits: async (page: string) => {
      const back = new URL(page).searchParams.get("redirect_uri") ?? "";
      for (const query of ["?code=stolen", "?code=stolen&state=guess", "?error=no", ""]) {
        assert.equal((await fetch(`${back}/${query}`)).status, 404);
      }
      await browser.visits(page);
    },
  };
  assert.equal(await own.login({}, attacked), 0);
  assert.equal(own.accounts()[0]?.options["refreshToken"], "refresh-1");
});

test("who says no is not signed in", async () => {
  await using server = await oauthServer("access_denied");
  await using own = await place(server.url);
  await assert.rejects(
    own.login({}, browser),
    /Nobody is signed in: the answer was "access_denied"/,
  );
  assert.deepEqual(own.accounts(), []);
});

test("a code that somebody else asked for is worth nothing, and the error shows no secret", async () => {
  await using server = await oauthServer();
  await using own = await place(server.url);
  const confused = {
    visits: async (page: string) => {
      const forged = new URL(page);
      forged.searchParams.set("code_challenge", "of-somebody-else");
      await browser.visits(forged.href);
    },
  };
  await assert.rejects(own.login({}, confused), (error: Error) => {
    assert.match(error.message, /gave no token \(invalid_grant\)/);
    return !/code-1|own-secret/.test(error.message) && error.cause === undefined;
  });
});
