import type { ImageOptions, JsonObject } from "agproxy";
import type { Family } from "./families.ts";

const ratios: readonly string[] = [
  "1:1",
  "21:9",
  "16:9",
  "9:16",
  "4:3",
  "3:4",
  "3:2",
  "2:3",
  "5:4",
  "4:5",
];

const sizes: Readonly<Record<string, string>> = {
  hd: "4K",
  high: "4K",
  "4k": "4K",
  medium: "2K",
  "2k": "2K",
  standard: "1K",
  low: "1K",
  "1k": "1K",
};

/** `generationConfig.imageConfig`, for the families that draw and let the shape be chosen. */
export function imageConfig(
  image: ImageOptions | undefined,
  family: Family,
): JsonObject | undefined {
  if (image === undefined || family.imageSizes === undefined) return undefined;
  const aspectRatio = ratio(image.aspectRatio) ?? ratio(image.size);
  const wanted = sizes[(image.quality ?? image.size ?? "").toLowerCase()];
  const imageSize = family.imageSizes.find((size) => size === wanted);
  const config = {
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
    ...(imageSize === undefined ? {} : { imageSize }),
  };
  return Object.keys(config).length === 0 ? undefined : config;
}

/** The ratio nearest to `1792x1024`, `16:9` or the like; words such as `auto` have none. */
function ratio(wish: string | undefined): string | undefined {
  const wanted = quotient(wish ?? "");
  if (wanted === undefined) return undefined;
  const distance = (name: string) => Math.abs(Math.log((quotient(name) ?? 1) / wanted));
  return ratios.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

function quotient(text: string): number | undefined {
  const [, width, height] = /^\s*(\d+)\s*[x×:]\s*(\d+)\s*$/i.exec(text) ?? [];
  const value = Number(width) / Number(height);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
