// What the server says when it says no (RFC 9457), and what we say when it says nothing at all.
import type { components } from "./schema";

export type Problem = components["schemas"]["Problem"] & Record<string, unknown>;

/** Codes of our own, for what never reached the server or never came back. */
export type OwnCode = "offline" | "cancelled";

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  get code(): string {
    return this.problem.code;
  }

  /** Whether the server has decided: then asking anew is a new request, and not the same one again. */
  get isDecided(): boolean {
    const { status } = this.problem;
    return status >= 400 && status < 500;
  }
}

export function ownProblem(code: OwnCode): ProblemError {
  return new ProblemError({ type: "about:blank", title: code, status: 0, detail: code, success: false, message: code, code });
}

export function asProblem(error: unknown): ProblemError {
  return error instanceof ProblemError ? error : ownProblem("offline");
}

/** Reads the body of a refusal, whatever it is. */
export function problemOf(body: unknown, status: number): ProblemError {
  if (typeof body === "object" && body !== null && "code" in body) return new ProblemError(body as Problem);
  return new ProblemError({ ...ownProblem("offline").problem, code: status >= 500 ? "fault" : "refused", status });
}
