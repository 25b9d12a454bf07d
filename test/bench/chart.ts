import type { ContestantName } from "./contestant.ts";
import type { Result } from "./result.ts";
import type { Row } from "./row.ts";

/** Rows as they are drawn, under the words that they have there. */
const groups = {
  "unary, CPU per request": "A request that is not streamed: CPU",
  "burst of 200 events, CPU per event": "An event in a burst of 200: CPU",
  "an event each 20 ms, CPU per event": "An event each 20 ms in 60 streams: CPU",
  "the same, first byte p50 over direct": "The first byte of these: time added, p50",
  "250 requests a second, p50 over direct": "A request among 250 a second: time added, p50",
};

const names: Readonly<Record<ContestantName, string>> = {
  bare: "bare node:http",
  reference: "reference",
  agproxy: "agproxy",
  llms: "@musistudio/llms",
  portkey: "Portkey",
};

/** All lengths are in the units of the drawing. Bars that would be longer than the widest are cut and say so. */
const size = { width: 760, bars: 140, unit: 64, widest: 8, bar: 14, step: 19, head: 84 };

const style = `
  .paper { fill: #ffffff; stroke: #d0d7de; } text { fill: #1f2328; } .value { stroke: #ffffff; } .quiet { fill: #59636e; }
  .bare { fill: #9198a1; } .reference { fill: #6639ba; } .agproxy { fill: #1a7f37; }
  .llms { fill: #bc4c00; } .portkey { fill: #0969da; } .one { stroke: #59636e; } .cut { stroke: #ffffff; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117; stroke: #3d444d; } text { fill: #f0f6fc; } .value { stroke: #0d1117; } .quiet { fill: #9198a1; }
    .bare { fill: #656c76; } .reference { fill: #a371f7; } .agproxy { fill: #3fb950; }
    .llms { fill: #f0883e; } .portkey { fill: #4493f8; } .one { stroke: #9198a1; } .cut { stroke: #0d1117; }
  }`;

/** The figures that are divided by bare's, as bars: an SVG that needs nothing else to be seen. */
export function chart({ measured, rows }: Result): string {
  let top = size.head;
  const parts = rows.flatMap((row) => {
    const title = Object.entries(groups).find(([name]) => name === row.name)?.[1];
    if (title === undefined) return [];
    const { text, height } = group(title, row, top);
    top += height;
    return [text];
  });
  const { on, node, processor, rounds } = measured;
  const about = `Measured on ${on}, Node ${node.slice(1)}, ${processor}, median of ${rounds === 1 ? "one round" : `${rounds} rounds`}`;
  const height = top + 6;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}" role="img" aria-label="What gateways cost, as a multiple of bare node:http" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13">
<style>${style}
</style>
<rect class="paper" x="0.5" y="0.5" width="${size.width - 1}" height="${height - 1}" rx="8"/>
${label(24, 32, "What gateways cost, as a multiple of a bare pass-through", 'font-size="18" font-weight="600"')}
${label(24, 54, "× what Node's own HTTP needs to pass the bytes through; shorter is better", 'class="quiet"')}
${label(24, 72, about, 'class="quiet" font-size="11"')}
${parts.join("\n")}
</svg>
`;
}

function group(title: string, { timesBare }: Row, top: number): { text: string; height: number } {
  const all = Object.entries({ bare: { median: 1 }, ...timesBare });
  const drawn = (Object.keys(names) as ContestantName[]).flatMap((name) => {
    const found = all.find(([known]) => known === name);
    return found === undefined ? [] : [{ name, times: found[1].median }];
  });
  const first = top + 30;
  const bars = drawn.map(({ name, times }, index) => bar(name, times, first + index * size.step));
  const one = size.bars + size.unit;
  const end = first + drawn.length * size.step;
  const line = `<line class="one" x1="${one}" x2="${one}" y1="${first - 4}" y2="${end}" stroke-dasharray="3 3"/>`;
  const text = [label(24, top + 18, title, 'font-weight="600"'), line, ...bars].join("\n");
  return { text, height: end - top + 6 };
}

function bar(name: ContestantName, times: number, y: number): string {
  const length = Math.max(1, Math.min(times, size.widest) * size.unit);
  const end = size.bars + length;
  const base = y + size.bar - 3;
  return [
    label(size.bars - 8, base, names[name], 'text-anchor="end" class="quiet" font-size="12"'),
    `<rect class="${name}" x="${size.bars}" y="${y}" width="${length.toFixed(1)}" height="${size.bar}" rx="2"/>`,
    ...(times > size.widest ? [cut(end - 24, y)] : []),
    label(
      end + 6,
      base,
      `${times.toFixed(2)} ×`,
      'class="value" stroke-width="4" paint-order="stroke" font-size="12"',
    ),
  ].join("\n");
}

/** Two strokes across a bar that goes on beyond the drawing. */
function cut(x: number, y: number): string {
  const stroke = (at: number) => `M${at} ${y + size.bar + 1}l6 -${size.bar + 2}`;
  return `<path class="cut" stroke-width="2" fill="none" d="${stroke(x)}${stroke(x + 5)}"/>`;
}

function label(x: number, y: number, text: string, attributes: string): string {
  const safe = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(0)}" y="${y}" ${attributes}>${safe}</text>`;
}
