/** Where an item stands, as every event about it says. */
export interface Place {
  readonly item_id: string;
  readonly output_index: number;
}

/** Where a part of a message stands. */
export interface PartPlace extends Place {
  readonly content_index: number;
}

/** How far an item came. */
export type ItemStatus = "in_progress" | "completed" | "incomplete" | "failed";
