import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { SeenExchange } from "../../src/page-api.ts";
import { grouped, momentOf, span as spanText } from "../format.ts";
import { read, session } from "../gateway.ts";
import { exchanges, now } from "../live.ts";
import { Choice } from "../parts/choice.tsx";
import { LineChart } from "../parts/line-chart.tsx";
import { tried } from "../parts/notice.tsx";
import { cutOf, type Dimension, latencies, namesIn, sums } from "../series.ts";
import { filled, words } from "../words.ts";

const minuteMs = 60_000;
const spans = {
  "15": { ms: 15 * minuteMs, text: filled(words.minutes, { count: 15 }) },
  "60": { ms: 60 * minuteMs, text: filled(words.hours, { count: 1 }) },
  "360": { ms: 360 * minuteMs, text: filled(words.hours, { count: 6 }) },
  "1440": { ms: 1440 * minuteMs, text: filled(words.hours, { count: 24 }) },
} as const;

type SpanName = keyof typeof spans;

const spanName = signal<SpanName>("15");
const dimension = signal<Dimension>("model");
/** What the request log has from before the page was opened. */
const logged = signal<readonly SeenExchange[]>([]);

/** Drawn anew at the end of each bucket, and when requests come. */
const cut = computed(() => cutOf(Math.floor(now.value / 5000) * 5000, spans[spanName.value].ms));

const known = computed(() => {
  const seen = new Set(exchanges.value.map(({ id, time }) => `${id} ${time}`));
  const before = logged.value.filter(({ id, time }) => !seen.has(`${id} ${time}`));
  return [...exchanges.value, ...before];
});

const within = computed(() => known.value.filter(({ time }) => time >= cut.value.from));

export function Charts() {
  useEffect(() => {
    if (session.value?.hasLog !== true) return;
    const since = Date.now() - spans[spanName.value].ms;
    void tried(async () => {
      const kept = await read<readonly SeenExchange[]>(`exchanges?since=${since}`);
      logged.value = kept.toReversed();
    });
  }, [spanName.value]);
  const first = known.value.at(-1);
  return (
    <>
      <Controls />
      {first !== undefined && (
        <p class="quiet count">
          {filled(words.chartsFrom, {
            count: grouped(within.value.length),
            time: momentOf(Math.max(cut.value.from, first.time)),
          })}
        </p>
      )}
      <Drawn />
    </>
  );
}

function Controls() {
  return (
    <div class="toolbar">
      <Choice
        label={words.timeSpan}
        value={spanName.value}
        options={(Object.keys(spans) as SpanName[]).map((value) => ({
          value,
          text: spans[value].text,
        }))}
        onChange={(value) => (spanName.value = value)}
      />
      <Choice
        label={words.by}
        value={dimension.value}
        options={(["model", "account", "caller"] as const).map((value) => ({
          value,
          text: words[value],
        }))}
        onChange={(value) => (dimension.value = value)}
      />
    </div>
  );
}

const requests = (): number => 1;
const tokens = ({ inputTokens = 0, outputTokens = 0 }: SeenExchange) => inputTokens + outputTokens;
const errors = ({ outcome }: SeenExchange) => (outcome === "failed" ? 1 : 0);

function Drawn() {
  const bucket = { span: spanText(cut.value.bucketMs) };
  const names = namesIn(within.value, dimension.value, words.others);
  const summed = (amount: (exchange: SeenExchange) => number) =>
    sums(within.value, cut.value, dimension.value, names, amount);
  return (
    <div class="charts">
      <LineChart title={filled(words.requestsPer, bucket)} isCount series={summed(requests)} />
      <LineChart title={filled(words.tokensPer, bucket)} series={summed(tokens)} />
      <LineChart title={words.firstTokenTime} series={latencies(within.value, cut.value)} />
      <LineChart title={filled(words.errorsPer, bucket)} isCount series={summed(errors)} />
    </div>
  );
}
