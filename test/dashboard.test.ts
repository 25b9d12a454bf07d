/** The promise: the dashboard works in a real browser, shows what happens as it happens, and everyone can use it. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { noBrowser, openBrowser } from "./support/browser.ts";
import { type DashboardScene, dashboardScene, pageSecret } from "./support/dashboard-scene.ts";

const skip = noBrowser;
const views = ["accounts", "requests", "charts", "callers", "models", "try-it", "clients"];

/** One browser for all: to start one takes longer than a test. */
let browser: Browser;
let scene: DashboardScene;

before(async () => {
  if (skip !== false) return;
  [browser, scene] = await Promise.all([openBrowser(), dashboardScene()]);
});
after(async () => {
  if (skip !== false) return;
  await browser.close();
  await scene[Symbol.asyncDispose]();
});

interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** What the browser complained about, such as a script that the policy forbids. */
  readonly complaints: readonly string[];
}

async function openPage(options: BrowserContextOptions = {}, of = scene): Promise<OpenPage> {
  const context = await browser.newContext({ locale: "en-US", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (line) => {
    // The first question whether this browser is signed in is answered with no.
    if (line.type() === "error" && !line.text().includes("401")) complaints.push(line.text());
  });
  await page.goto(`${of.gateway.url}/dashboard`);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

async function signedIn(options?: BrowserContextOptions, of = scene): Promise<OpenPage> {
  const open = await openPage(options, of);
  await open.page.locator("input[name=key]").fill(pageSecret);
  await open.page.keyboard.press("Enter");
  await open.page.locator(".connection.good").waitFor();
  return open;
}

const show = (page: Page, view: string) => page.locator(`nav a[href="#/${view}"]`).click();

/** The card of an account. */
const card = (page: Page, label: string) =>
  page.locator(".account", { has: page.getByRole("heading", { name: label, exact: true }) });

test("without the key nothing is shown; a wrong one is told", { skip }, async () => {
  await using open = await openPage();
  const { page } = open;
  await page.locator("input[name=key]").fill("not-the-key-at-all");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("does not open the dashboard").waitFor();
  assert.equal(await page.locator("nav").count(), 0);
});

test(
  "requests arrive live, and a failed one tells the story of its attempts",
  { skip },
  async () => {
    await using open = await signedIn();
    const { page, complaints } = open;
    await show(page, "requests");
    assert.equal(await scene.ask("hello from elsewhere", { model: "gpt-4o-mini" }), 200);
    const row = page.locator(".requests > li", { hasText: "gpt-4o-mini" });
    await row.getByText("Answered").waitFor();
    assert.equal(await scene.ask("please fail", { model: "gpt-4.1" }), 502);
    const failed = page.locator(".requests > li", { hasText: "gpt-4.1" });
    await failed.getByRole("button").press("Enter");
    const story = await failed.locator(".story").innerText();
    assert.match(story, /Asked for gpt-4\.1, mapped to gemini-/);
    assert.match(story, /Attempt 1\s+(?:first|second) · gemini-/);
    assert.match(story, /Attempt 3[^]*The vendor fell over\.\s+upstream_failed/);
    assert.match(story, /What to do: Try again/);
    await page.getByRole("group", { name: "Outcome" }).getByText("Failed").click();
    assert.equal(await row.count(), 0);
    await page.getByLabel("Filter").fill("gpt-4.1 fell");
    assert.equal(await page.locator(".requests > li").count(), 1);
    assert.deepEqual(complaints, []);
  },
);

test("an account cools down before one's eyes, and comes back", { skip }, async () => {
  // One whose accounts have not failed yet.
  await using fresh = await dashboardScene();
  await using open = await signedIn({}, fresh);
  const first = card(open.page, "first");
  await first.getByText("Free").waitFor();
  // One of the two begins there.
  await fresh.ask("limit the first");
  await fresh.ask("limit the first");
  await first.getByText(/^back in \d+ s$/).waitFor();
  await first.getByText("You exceeded your current quota.").first().waitFor();
  await first.getByText(/^(?:Being tried|Free)$/).waitFor();
});

test("a key is added, tested, disabled and enabled, by keyboard alone", { skip }, async () => {
  await using open = await signedIn();
  const { page } = open;
  await page.getByRole("button", { name: "Add a key" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Key").fill("sk-a-new-one");
  await dialog.getByLabel("Label").fill("spare");
  await page.keyboard.press("Enter");
  const spare = card(page, "spare");
  await spare.waitFor();
  assert.match(await readFile(scene.accountsFile, "utf8"), /"sk-a-new-one"/);
  await page.getByRole("button", { name: "Add a key" }).press("Enter");
  await dialog.getByLabel("Key").fill("sk-a-new-one");
  await page.keyboard.press("Enter");
  await dialog.getByRole("alert").getByText('there already, as "spare"').waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Test: spare" }).press("Enter");
  await page.getByRole("status").getByText("spare: free").waitFor();
  await page.getByRole("button", { name: "Disable: spare" }).press("Enter");
  await spare.getByText("Disabled").waitFor();
  await page.getByRole("button", { name: "Enable: spare" }).press("Enter");
  await spare.getByText("Free").waitFor();
  assert.ok(!(await page.content()).includes("sk-a-new-one"));
});

test("try-it streams an answer and shows its headers", { skip }, async () => {
  await using open = await signedIn();
  const { page, complaints } = open;
  await show(page, "try-it");
  await page.getByLabel("Message").fill("Say something nice.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("You said: Say something nice.").waitFor();
  await page.getByText(/first token after/).waitFor();
  assert.match(await page.locator(".headers").innerText(), /x-mapped-model\s+gemini-/);
  await show(page, "requests");
  await page.locator(".requests > li", { hasText: "dashboard" }).first().waitFor();
  assert.deepEqual(complaints, []);
});

test(
  "a model is explained, and a client's set-up has this gateway's address",
  { skip },
  async () => {
    await using open = await signedIn();
    const { page } = open;
    await show(page, "models");
    await page.getByLabel("Model").fill("claude-opus-4-1");
    await page.getByRole("button", { name: "Explain" }).click();
    await page.locator(".mapping", { hasText: /claude-opus-4-1 is mapped to gemini-/ }).waitFor();
    await page.locator(".ranked", { hasText: "second" }).waitFor();
    await show(page, "clients");
    await page.getByRole("button", { name: "Claude Code" }).click();
    assert.ok((await page.locator(".guide pre").innerText()).includes(scene.gateway.url));
  },
);

test(
  "a link of `agproxy dashboard` signs in, and leaves nothing in the address",
  { skip },
  async () => {
    const { Passes } = await import("../plugins/dashboard/src/passes.ts");
    await using open = await openPage();
    const { page } = open;
    const link = `${scene.gateway.url}/dashboard#${new Passes(pageSecret).give("link")}`;
    await page.goto("about:blank");
    await page.goto(link);
    await page.locator(".connection.good").waitFor();
    assert.equal(page.url(), `${scene.gateway.url}/dashboard`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
  },
);

test("it speaks Chinese as in Taiwan where the browser does", { skip }, async () => {
  await using open = await signedIn({ locale: "zh-TW" });
  const { page } = open;
  await page.getByRole("link", { name: "帳號" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-TW");
  for (const view of views) {
    await show(page, view);
    // Names of software and units stay as they are.
    assert.doesNotMatch(
      await page.locator("nav, .toolbar").allInnerTexts().then(String),
      /Filter|Pause|Requests/,
    );
  }
});

/** What axe finds, by its rules for WCAG 2.2 AA and its best practices. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate("axe.run().then(({ violations }) => violations)");
  return (found as readonly Violation[]).flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly {
    readonly target: readonly string[];
    readonly failureSummary: string;
  }[];
}

for (const colorScheme of ["light", "dark"] as const) {
  test(
    `axe finds no fault in any view, and nothing is wider than a telephone: ${colorScheme}`,
    { skip },
    async () => {
      await scene.ask("please fail");
      // The page's own policy lets no foreign script in, which is what axe is.
      await using open = await openPage({ colorScheme, bypassCSP: true });
      const { page } = open;
      await page.evaluate(axe.source);
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      const faults = [...(await faultsOf(page))];
      await page.locator("input[name=key]").fill(pageSecret);
      await page.keyboard.press("Enter");
      await page.locator(".connection.good").waitFor();
      for (const view of views) {
        await show(page, view);
        if (view === "requests") await page.locator(".requests .failed button").first().click();
        if (view === "clients") await page.locator(".guide").waitFor();
        if (view === "accounts") {
          await page.getByRole("button", { name: "Add a key" }).click();
          for (const found of await faultsOf(page)) faults.push(`dialog: ${found}`);
          await page.keyboard.press("Escape");
          await page.getByRole("button", { name: "List" }).click();
          for (const found of await faultsOf(page)) faults.push(`list: ${found}`);
          await page.getByRole("button", { name: "Grid" }).click();
        }
        for (const found of await faultsOf(page)) faults.push(`${view}: ${found}`);
        await page.setViewportSize({ width: 360, height: 800 });
        const spare = await page.evaluate(
          "document.documentElement.clientWidth - document.documentElement.scrollWidth",
        );
        if (spare !== 0) faults.push(`${view} is wider than 360 pixels`);
        await page.setViewportSize({ width: 1280, height: 800 });
      }
      assert.deepEqual(faults, []);
      assert.deepEqual(open.complaints, []);
    },
  );
}

test("names that look like markup are shown as they are", { skip }, async () => {
  const model = '<img src=x onerror="document.title=1">';
  await scene.ask("hello", { model });
  await using open = await signedIn();
  await show(open.page, "requests");
  await open.page.locator(".r-models", { hasText: "<img src=x" }).waitFor();
  assert.equal(await open.page.locator(".requests img").count(), 0);
  assert.deepEqual(open.complaints, []);
});
