import type { Done } from "./tap-guard.ts";

/**
 * What the taps of a hook came to: at once where none of them had to wait, which is nearly always, and as a promise
 * otherwise. tapable's own `promise()` makes one in any case. Throws, or rejects with, what a tap threw.
 */
export function hookResult<Result>(call: (done: Done<Result>) => void): Result | Promise<Result> {
  const heard: { readonly error: Error | null; readonly result: Result }[] = [];
  let tell = (error: Error | null, result: Result) => void heard.push({ error, result });
  call((error, result) => tell(error, result as Result));
  const [outcome] = heard;
  if (outcome === undefined) {
    return new Promise((resolve, reject) => {
      tell = (error, result) => {
        if (error) reject(error);
        else resolve(result);
      };
    });
  }
  if (outcome.error) throw outcome.error;
  return outcome.result;
}
