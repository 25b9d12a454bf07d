/** `npm run pictures`: takes the pictures of docs/dashboard.md, in the machine's Chromium. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { definePlugin, exchangeHistory, type KeptExchange } from "agproxy";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { dashboardScene, type DashboardScene, pageSecret } from "./dashboard-scene.ts";
import { repository } from "./repository.ts";

const labels = ["work", "home", "lab"];
const hourMs = 3_600_000;

/** A day of requests, more of them by day. */
function day(now: number): readonly KeptExchange[] {
  return Array.from({ length: 2400 }, (_, index): KeptExchange => {
    const hour = (index / 2400) * 24;
    const busy = 0.5 + 0.5 * Math.sin((hour / 24) * 2 * Math.PI);
    const tick = (index * 7919) % 997;
    const account = labels[tick % 3 === 0 ? 0 : 1 + (tick % 2)] ?? "";
    const isFailed = tick % 41 === 0;
    return {
      time: now - 24 * hourMs + Math.round(hour * hourMs * (0.97 + 0.03 * busy)),
      id: `${index}`,
      address: "127.0.0.1",
      caller: "anonymous",
      protocol: "openai-chat",
      stream: true,
      asked: "gpt-4o",
      model: tick % 4 === 0 ? "gemini-2.5-pro" : "gemini-2.5-flash",
      account,
      outcome: isFailed ? "failed" : "ok",
      status: isFailed ? 502 : 200,
      attempts: 1,
      firstEventMs: 380 + tick * (0.6 + busy),
      durationMs: 2000 + tick,
      inputTokens: Math.round(900 + tick * 4 * busy),
      outputTokens: Math.round(200 + tick * busy),
    };
  });
}

const yesterday = definePlugin({
  name: "request-log",
  apply: ({ expose }) => expose(exchangeHistory, { latest: () => day(Date.now()) }),
});

async function happen(scene: DashboardScene): Promise<void> {
  const models = ["gpt-4o", "claude-sonnet-4-5", "gemini-2.5-flash", "gpt-4o-mini"];
  for (let index = 0; index < 14; index += 1) {
    const model = models[index % models.length] ?? "";
    await scene.ask(`slow ${60 + ((index * 37) % 90)} and a few more words to answer`, { model });
  }
  await scene.ask("please fail", { model: "gpt-4.1" });
  // Until the accounts are tried out again, and good.
  for (const _ of [1, 2, 3, 4, 5]) await scene.ask("slow 1000 once more, please");
  for (const _ of labels) await scene.ask("limit 2520000", { model: "gemini-2.5-flash" });
  for (const model of models) await scene.ask("slow 90 and the last one", { model });
}

const desk = { viewport: { width: 1280, height: 760 } } as const;
const telephone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 1.5 } as const;

async function opened(
  browser: Browser,
  { gateway }: DashboardScene,
  options: BrowserContextOptions,
): Promise<Page> {
  const page = await browser.newPage(options);
  await page.goto(`${gateway.url}/dashboard`);
  await page.locator("input[name=key]").fill(pageSecret);
  await page.keyboard.press("Enter");
  await page.locator(".connection.good").waitFor();
  return page;
}

/** Takes one picture into a folder. */
function taker(page: Page, folder: string) {
  return async (view: string, name: string, ready: string) => {
    await page.locator(`nav a[href="#/${view}"]`).click();
    await page.locator(ready).first().waitFor();
    if (view === "requests") {
      await page.locator("input[type=search]").fill("gpt-4");
      await page.locator(".requests .failed button").first().click();
    }
    if (view === "charts") {
      await page.locator(".choice button").nth(3).click();
      await page.locator(".choice button").nth(5).click();
      await page.locator(".legend li:nth-child(3)").first().waitFor();
    }
    if (view === "try-it") {
      await page.locator(".question button[type=submit]").click();
      await page.locator(".headers").waitFor();
    }
    // The pointer is on no button.
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(folder, name) });
  };
}

const folder = process.argv[2] ?? join(repository, "docs/dashboard");
await mkdir(folder, { recursive: true });
const keys = {
  mode: "off",
  keys: [{ key: "ag-a-key-of-the-config", name: "ci", limits: { rpm: 60, tpd: 500_000 } }],
} as const;
await using scene = await dashboardScene({ labels, keys, plugins: [yesterday] });
const browser = await openBrowser();
try {
  await happen(scene);
  const page = await opened(browser, scene, { ...desk, colorScheme: "light", locale: "en-US" });
  const take = taker(page, folder);
  await take("accounts", "accounts.png", ".account");
  await take("requests", "requests.png", ".requests");
  const dark = taker(
    await opened(browser, scene, { ...desk, colorScheme: "dark", locale: "en-US" }),
    folder,
  );
  await dark("charts", "charts.png", ".chart");
  const small = taker(
    await opened(browser, scene, { ...telephone, colorScheme: "dark", locale: "zh-TW" }),
    folder,
  );
  await small("accounts", "telephone.png", ".account");
  if (process.argv[2] !== undefined) await others(browser);
} finally {
  await browser.close();
}

/** All views at all widths, for whoever changes how they look: `npm run pictures -- FOLDER`. */
async function others(browser: Browser): Promise<void> {
  const ready = {
    accounts: ".account",
    requests: ".requests",
    charts: ".chart",
    callers: ".card",
    models: ".explained",
    "try-it": ".question",
    clients: ".guide",
  };
  for (const width of [360, 768, 1440]) {
    const page = await opened(browser, scene, {
      viewport: { width, height: 900 },
      colorScheme: width === 768 ? "dark" : "light",
      locale: width === 360 ? "zh-TW" : "en-US",
    });
    const take = taker(page, folder);
    for (const [view, selector] of Object.entries(ready)) {
      await take(view, `${width}-${view}.png`, selector);
    }
  }
}
