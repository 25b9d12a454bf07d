import type { ImageOptions, JsonObject } from "@agproxy/core";

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

/**
 * `generationConfig.imageConfig`, for the families that draw and let the shape be chosen. What the request's
 * fields say comes before what the model's name says.
 */
export function imageConfig(
  image: ImageOptions | undefined,
  named: ImageOptions,
  imageSizes: readonly string[],
): JsonObject | undefined {
  const config = { ...chosen(named, imageSizes), ...chosen(image ?? {}, imageSizes) };
  return Object.keys(config).length === 0 ? undefined : config;
}

function chosen(image: ImageOptions, imageSizes: readonly string[]): JsonObject {
  const aspectRatio = ratio(image.aspectRatio) ?? ratio(image.size);
  const wanted = sizeOf(image.quality) ?? sizeOf(image.size);
  const imageSize = imageSizes.find((size) => size === wanted);
  return {
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
    ...(imageSize === undefined ? {} : { imageSize }),
  };
}

/** `2K` for `2k`, `medium` and `2048x2048`; words such as `auto` have none. */
function sizeOf(wish: string | undefined): string | undefined {
  const word = (wish ?? "").trim().toLowerCase();
  if (Object.hasOwn(sizes, word)) return sizes[word];
  const [width = 0, height = 0] = dimensions(word) ?? [];
  const longerSide = Math.max(width, height);
  return longerSide >= 3840 ? "4K" : longerSide >= 2048 ? "2K" : undefined;
}

/** The ratio nearest to `1792x1024`, `16:9` or the like; words such as `auto` have none. */
function ratio(wish: string | undefined): string | undefined {
  const wanted = quotient(wish ?? "");
  if (wanted === undefined) return undefined;
  const distance = (name: string) => Math.abs(Math.log((quotient(name) ?? 1) / wanted));
  return ratios.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

function quotient(text: string): number | undefined {
  const [width = 0, height = 0] = dimensions(text) ?? [];
  const value = width / height;
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function dimensions(text: string): readonly number[] | undefined {
  return /^\s*(\d+)\s*[x×:]\s*(\d+)\s*$/i.exec(text)?.slice(1).map(Number);
}
