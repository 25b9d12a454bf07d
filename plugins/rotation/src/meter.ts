import type { Caller, PassedOver } from "@agproxy/core";
import { askAgainMs, leaseMs, type Place } from "./leases.ts";
import { part } from "./shared-cool-downs.ts";

const minuteMs = 60_000;

/** How much an account, or all accounts of a quota group together, may be asked for. */
export interface AccountLimit {
  /** Requests under way at once. */
  readonly concurrency?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
  /** What of these is kept for some callers: the others may use the rest. */
  readonly reserve?: Reserve | undefined;
}

interface Reserve {
  /** Names or ids of callers. */
  readonly callers: readonly string[];
  readonly concurrency?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
}

const reasons = {
  open: "has as many requests under way as `limits` lets it",
  minute: "has had as many requests this minute as `limits` lets it",
} as const;

/** How many requests a caller's may be one of; Infinity where nothing says. */
type Room = Readonly<Record<keyof typeof reasons, number>>;

/** Counts the requests of one account or group. */
export class Meter {
  readonly #subject: string;
  readonly #limit: AccountLimit;
  #open = 0;
  /** When the requests of the last minute began, the oldest first; no more than the limit. */
  readonly #begun: number[] = [];
  /** Until when all instances together leave no place, by the place that was asked for. */
  readonly #taken = new Map<string, number>();

  constructor(subject: string, limit: AccountLimit) {
    this.#subject = subject;
    this.#limit = limit;
  }

  #room({ id, name }: Caller): Room {
    const { concurrency = Infinity, requestsPerMinute = Infinity, reserve } = this.#limit;
    const isReserved = reserve?.callers.some((each) => each === id || each === name) ?? true;
    const kept = isReserved ? undefined : reserve;
    return {
      open: concurrency - (kept?.concurrency ?? 0),
      minute: requestsPerMinute - (kept?.requestsPerMinute ?? 0),
    };
  }

  obstacle(caller: Caller, now: number): PassedOver | undefined {
    const room = this.#room(caller);
    if (this.#open >= room.open) return { reason: reasons.open, isBusy: true };
    // Those that begin later began before the clock was set back.
    while (this.#begun.length > 0 && Math.abs(now - this.#begun[0]!) >= minuteMs) {
      this.#begun.shift();
    }
    if (this.#begun.length >= room.minute) {
      // The request that must be a minute old before there is room again; without any room, nobody knows when.
      const oldest = this.#begun[this.#begun.length - Math.max(room.minute, 1)] ?? now;
      return { reason: reasons.minute, until: oldest + minuteMs, isBusy: true };
    }
    return this.#takenElsewhere("open", room, now) ?? this.#takenElsewhere("minute", room, now);
  }

  #takenElsewhere(what: keyof Room, room: Room, now: number): PassedOver | undefined {
    const until = this.#taken.size === 0 ? undefined : this.#taken.get(`${what} ${room[what]}`);
    if (until === undefined || until <= now || until - now > minuteMs) return undefined;
    return { reason: reasons[what], until, isBusy: true };
  }

  /** What a request needs of what all instances have together. */
  places(caller: Caller, now: number): readonly Place[] {
    const room = this.#room(caller);
    return (["open", "minute"] as const).flatMap((what): Place[] => {
      const places = room[what];
      if (places === Infinity) return [];
      const isHeld = what === "open";
      return [
        {
          key: `rotation-${what}/${part(this.#subject)}`,
          ttlMs: isHeld ? leaseMs : minuteMs,
          places,
          kept: isHeld ? "held" : "spent",
          refused: (waitMs) => {
            const againMs = isHeld ? Math.min(waitMs, askAgainMs) : waitMs;
            this.#taken.set(`${what} ${places}`, now + againMs);
          },
        },
      ];
    });
  }

  began(now: number): void {
    this.#open += 1;
    if (this.#limit.requestsPerMinute !== undefined) this.#begun.push(now);
  }

  /** The last that began does not count for the minute. */
  refused(): void {
    this.#begun.pop();
  }

  ended(): void {
    this.#open -= 1;
  }
}
