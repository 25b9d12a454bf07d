/** One drawn image. */
export interface DrawnImage {
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
}

/** The API's word for a format: `png`, `jpeg`, `webp`. */
export function formatOf({ mimeType }: DrawnImage): string {
  const [, format = "png"] = /^image\/([a-z0-9.+-]+)/i.exec(mimeType) ?? [];
  return format.toLowerCase() === "jpg" ? "jpeg" : format.toLowerCase();
}
