import type { Part } from "../wire.ts";

/** The parts of an answer that ran code, where the prompt asks to compute something. */
export function codeRun(prompt: string): readonly Part[] {
  if (!/\b(?:comput|calculat|evaluat|execut|run |python)/i.test(prompt)) return [];
  const [, left, sign, right] =
    /(-?\d+(?:\.\d+)?)\s*([-+*/])\s*(-?\d+(?:\.\d+)?)/.exec(prompt) ?? [];
  const isSum = left !== undefined && sign !== undefined && right !== undefined;
  const code = isSum ? `print(${left} ${sign} ${right})` : 'print("agproxy sandbox")';
  const printed = isSum ? result(Number(left), sign, Number(right)) : "agproxy sandbox";
  const codeExecutionResult =
    printed === undefined
      ? { outcome: "OUTCOME_FAILED", output: "ZeroDivisionError: division by zero\n" }
      : { outcome: "OUTCOME_OK", output: `${printed}\n` };
  return [{ executableCode: { language: "PYTHON", code: `${code}\n` } }, { codeExecutionResult }];
}

/** As Python prints it. */
function result(left: number, sign: string, right: number): string | undefined {
  if (sign === "+") return String(left + right);
  if (sign === "-") return String(left - right);
  if (sign === "*") return String(left * right);
  if (right === 0) return undefined;
  const quotient = left / right;
  return Number.isInteger(quotient) ? `${quotient}.0` : String(quotient);
}
