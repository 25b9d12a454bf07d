import { defineConfig, definePlugin, type Plugin } from "agproxy";
import { auth } from "@agproxy/plugin-auth";
import { gemini } from "@agproxy/plugin-gemini";
import { guard } from "@agproxy/plugin-guard";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { rotation } from "@agproxy/plugin-rotation";

const { AGPROXY_API_KEY, GEMINI_BASE_URL } = process.env;
/** How many there are of what a gateway may have much of. */
const { BENCH_ACCOUNTS = "2", BENCH_RULES = "0", BENCH_BYSTANDERS = "0" } = process.env;

/** What is measured: the checked-in config with a key, accounts, and the mock upstream behind it. */
export default defineConfig({
  plugins: [
    guard(),
    auth({ mode: "all_except_health", keys: AGPROXY_API_KEY }),
    openai(),
    responses(),
    modelMapping({ rules: many(BENCH_RULES, rule).toReversed() }),
    rotation(),
    ...many(BENCH_BYSTANDERS, bystander),
    gemini({ keys: many(BENCH_ACCOUNTS, key).join(), baseUrl: GEMINI_BASE_URL }),
  ],
});

function many<Item>(count: string, make: (index: number) => Item): Item[] {
  return Array.from({ length: Number(count) }, (_, index) => make(index));
}

function key(index: number): string {
  return `bench-account-${index + 1}`;
}

/** Only the last one fits the model that the bench asks for, and none does by an exact name. */
function rule(index: number): readonly [string, string] {
  return [index === 0 ? "gpt-4*" : `other-${index}-*`, "gemini-2.5-flash"];
}

/** A plugin that hears of everything and changes nothing. */
function bystander(index: number): Plugin {
  const name = `bystander-${index + 1}`;
  return definePlugin({
    name,
    apply({ hooks }) {
      hooks.beforeAuth.tap(name, () => {});
      hooks.resolveModel.tap(name, () => undefined);
      hooks.selectAccount.tap(name, (candidates) => candidates);
      hooks.transformRequest.tap(name, (request) => request);
      hooks.done.tap(name, () => {});
    },
  });
}
