import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { compact, timeOf } from "../format.ts";
import type { Series } from "../series.ts";
import { theme } from "../theme.ts";
import { words } from "../words.ts";

const height = 180;
/** There is no half a request. */
const wholeSteps = [1, 2, 5]
  .flatMap((step) => Array.from({ length: 9 }, (_, tens) => step * 10 ** tens))
  .toSorted((a, b) => a - b);

interface Chart {
  readonly title: string;
  readonly series: Series;
  /** Whether its values are whole numbers. */
  readonly isCount?: boolean;
}

/** The colours of the page as it is now. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function optionsOf({ series, isCount = false }: Chart, width: number): UPlot.Options {
  const axis = {
    stroke: colour("--quiet"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        size: 30,
        values: (_, ticks) => ticks.map((tick) => timeOf(tick * 1000).replace(/:\d\d(?=\D*$)/, "")),
      },
      {
        ...axis,
        size: 48,
        ...(isCount && { incrs: wholeSteps }),
        values: (_, ticks) => ticks.map(compact),
      },
    ],
    series: [
      {},
      ...series.lines.map(({ name }, index) => ({
        label: name,
        stroke: colour(`--series-${index + 1}`),
        width: 2,
        spanGaps: true,
        // One value alone is no line.
        points: { show: (plot: UPlot, place: number) => isLonely(plot.data[place]), size: 5 },
      })),
    ],
  };
}

function isLonely(values: UPlot.AlignedData[number] = []): boolean {
  return [...values].filter((value) => value !== null).length < 2;
}

/** Lines over time. The names stand beside their colours, and all numbers in a table below. */
export function LineChart(chart: Chart) {
  const { title, series } = chart;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const look = `${theme.value} ${series.lines.map(({ name }) => name).join("\n")}`;
  const values = () =>
    [[...series.times], ...series.lines.map((line) => [...line.values])] as UPlot.AlignedData;
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new UPlot(optionsOf(chart, element.clientWidth), values(), element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [look]);
  useEffect(() => plot.current?.setData(values()), [series]);
  return (
    <figure class="chart card">
      <figcaption>
        <h2>{title}</h2>
        <Legend series={series} />
      </figcaption>
      <div ref={place} class="plot" aria-hidden="true" />
      <Numbers title={title} series={series} />
    </figure>
  );
}

function Legend({ series }: { readonly series: Series }) {
  return (
    <ul class="legend">
      {series.lines.map(({ name }, index) => (
        <li key={name}>
          <span class={`swatch s${index + 1}`} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  );
}

/** The same for those who cannot see it, and for copying. */
function Numbers({ title, series }: { readonly title: string; readonly series: Series }) {
  const rows = series.times
    .map((time, index) => ({
      time,
      values: series.lines.map(({ values }) => values[index] ?? null),
    }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0));
  return (
    <details>
      <summary aria-label={`${words.asTable}: ${title}`}>{words.asTable}</summary>
      <div class="scroll" tabIndex={0} role="group" aria-label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.time}</th>
              {series.lines.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ time, values }) => (
              <tr key={time}>
                <th scope="row">{timeOf(time * 1000)}</th>
                {values.map((value, index) => (
                  <td key={index}>{value === null ? "–" : Math.round(value * 100) / 100}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
